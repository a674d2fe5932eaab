/* SPDX-License-Identifier: GPL-2.0-only */
/* Structures that grow: the callers' may be older or newer than ours. */
#ifndef _MMAPDEMO_UAPI_STRUCT_H
#define _MMAPDEMO_UAPI_STRUCT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * A command's number without the size in it, which is the caller's business.
 * extensible_ioctl_valid() of <linux/fs.h> (Linux 6.18) compares in the same way;
 * there the size is that of the structure, here the structure has its own.
 */
#define GROWTH_COMMAND(cmd) ((cmd) & ~IOCSIZE_MASK)

int mmapdemo_growth_answer(void __user *arg, const void *out, size_t size);
int mmapdemo_growth_question(unsigned int cmd, void *out, size_t size,
			     const void __user *arg);

#endif /* _MMAPDEMO_UAPI_STRUCT_H */
