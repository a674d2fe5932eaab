/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The range of kernel versions that this module supports. dkms.conf has the
 * same range.
 */
#ifndef _MMAPDEMO_COMPAT_VERSION_H
#define _MMAPDEMO_COMPAT_VERSION_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(7, 4, 0)
#error "mmapdemo supports Linux 5.10 to 7.3"
#endif

#endif /* _MMAPDEMO_COMPAT_VERSION_H */
