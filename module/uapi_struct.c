// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures that grow, as uapi/mmapdemo.h says under "Growth".
 */
#include "common.h"
#include "uapi_struct.h"
#include "compat/uaccess.h"

#include <linux/errno.h>
#include <linux/mm.h>

/**
 * mmapdemo_growth_answer - copy a structure out, as much of it as the caller knows
 * @arg: the caller's structure, which begins with its __u64 size
 * @out: ours
 * @size: of ours
 *
 * Return: 0, -EINVAL when the caller's is too short to hold its size,
 * -E2BIG when it can't be one of ours, -EFAULT.
 */
int mmapdemo_growth_answer(void __user *arg, const void *out, size_t size)
{
	u64 theirs;

	if (get_user(theirs, (u64 __user *)arg))
		return -EFAULT;
	if (theirs < sizeof(theirs))
		return -EINVAL;
	if (theirs > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_to_user(arg, theirs, out, size, NULL);
}

/**
 * mmapdemo_growth_question - copy a structure in, as much of it as the caller knows
 * @cmd: MMAPDEMO_IOC_*: the size in its number is what the structure had when the
 *	command came
 * @out: ours; what the caller's lacks is 0
 * @size: of ours
 * @arg: the caller's structure, which begins with its __u64 size
 *
 * Return: 0, -EINVAL when the caller's is shorter than any ever was, -E2BIG when
 * it can't be one of ours or asks for what we don't know, -EFAULT.
 */
int mmapdemo_growth_question(unsigned int cmd, void *out, size_t size,
			     const void __user *arg)
{
	u64 theirs;

	if (get_user(theirs, (const u64 __user *)arg))
		return -EFAULT;
	if (theirs < _IOC_SIZE(cmd))
		return -EINVAL;
	if (theirs > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(out, size, arg, theirs);
}
