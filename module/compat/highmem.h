/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/highmem.h> as of the newest kernel. */
#ifndef _MMAPDEMO_COMPAT_HIGHMEM_H
#define _MMAPDEMO_COMPAT_HIGHMEM_H

#include <linux/highmem.h>
#include <linux/version.h>

/* Linux 5.11, commit f3ba3c710ac5 ("mm/highmem: Provide kmap_local*") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define kmap_local_page kmap_atomic
#define kunmap_local kunmap_atomic
#endif

#endif /* _MMAPDEMO_COMPAT_HIGHMEM_H */
