/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/uaccess.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_UACCESS_H
#define _MMAPDEMO_COMPAT_UACCESS_H

#include <linux/minmax.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/*
 * copy_struct_to_user() was added after Linux 6.12 ("uaccess: add
 * copy_struct_to_user helper"). The replacement here has another name, because
 * a kernel between 6.12 and 6.14 may already have the original.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define copy_struct_to_user mmapdemo_copy_struct_to_user
static inline int copy_struct_to_user(void __user *dst, size_t usize,
				      const void *src, size_t ksize,
				      bool *ignored_trailing)
{
	size_t size = min(ksize, usize);
	size_t rest = max(ksize, usize) - size;

	if (usize > ksize && clear_user(dst + size, rest))
		return -EFAULT;
	if (ignored_trailing)
		*ignored_trailing = ksize > usize &&
				    memchr_inv(src + size, 0, rest);
	return copy_to_user(dst, src, size) ? -EFAULT : 0;
}
#endif

#endif /* _MMAPDEMO_COMPAT_UACCESS_H */
