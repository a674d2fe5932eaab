/* SPDX-License-Identifier: GPL-2.0-only */
/* Extensible structures: the caller's version may be older or newer. */
#ifndef _MMAPDEMO_UAPI_STRUCT_H
#define _MMAPDEMO_UAPI_STRUCT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * The number of a command, without the size field, which depends on the caller.
 * extensible_ioctl_valid() of <linux/fs.h> (Linux 6.18) compares numbers in the
 * same way, but finds the size of the structure in the number. Here the
 * structure contains its size.
 */
#define GROWTH_COMMAND(cmd) ((cmd) & ~IOCSIZE_MASK)

int mmapdemo_growth_answer(void __user *arg, const void *out, size_t size);
int mmapdemo_growth_question(unsigned int cmd, void *out, size_t size,
			     const void __user *arg);

#endif /* _MMAPDEMO_UAPI_STRUCT_H */
