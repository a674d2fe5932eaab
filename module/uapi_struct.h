/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Extensible structures of the ABI. The caller may use an older or a newer
 * version of a structure than the module.
 */
#ifndef _MMAPDEMO_UAPI_STRUCT_H
#define _MMAPDEMO_UAPI_STRUCT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Return the number of an ioctl command without its size field, which depends
 * on the caller's version. extensible_ioctl_valid() of <linux/fs.h> (Linux
 * 6.18) also compares numbers without the size field, but takes the size of the
 * structure from the size field. In this module, the structure itself contains
 * its size.
 */
#define GROWTH_COMMAND(cmd) ((cmd) & ~IOCSIZE_MASK)

int mmapdemo_growth_answer(void __user *arg, const void *out, size_t size);
int mmapdemo_growth_question(unsigned int cmd, void *out, size_t size,
			     const void __user *arg);

#endif /* _MMAPDEMO_UAPI_STRUCT_H */
