/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/workqueue.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_WORKQUEUE_H
#define _MMAPDEMO_COMPAT_WORKQUEUE_H

#include <linux/version.h>
#include <linux/workqueue.h>

/*
 * Since Linux 6.17, commit 128ea9f6ccfb ("workqueue: Add system_percpu_wq and
 * system_dfl_wq"), the workqueue for work that may run on any CPU is named
 * system_dfl_wq.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define system_dfl_wq system_unbound_wq
#endif

#endif /* _MMAPDEMO_COMPAT_WORKQUEUE_H */
