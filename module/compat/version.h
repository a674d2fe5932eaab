/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The range of kernel versions that this module knows.
 *
 * The module also builds for newer kernels, and tests itself there: see
 * trace/selftest.c. dkms.conf has the same lower limit.
 */
#ifndef _MMAPDEMO_COMPAT_VERSION_H
#define _MMAPDEMO_COMPAT_VERSION_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "mmapdemo needs Linux 5.10 or newer"
#endif

/*
 * The newest kernel on which the tests have passed. A build can set an older
 * version, to see what the module does on a newer kernel.
 */
#ifndef MMAPDEMO_NEWEST_KNOWN
#define MMAPDEMO_NEWEST_KNOWN	KERNEL_VERSION(7, 3, 255)
#endif

#define MMAPDEMO_KERNEL_IS_NEWER (LINUX_VERSION_CODE > MMAPDEMO_NEWEST_KNOWN)

#endif /* _MMAPDEMO_COMPAT_VERSION_H */
