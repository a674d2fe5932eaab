// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extensible structures of the ABI: see "Growth" in uapi/mmapdemo.h.
 */
#include "common.h"
#include "uapi_struct.h"
#include "compat/uaccess.h"

#include <linux/errno.h>
#include <linux/mm.h>

/**
 * mmapdemo_growth_answer - copy a structure to a caller whose structure may be
 *	shorter or longer
 * @arg: the caller's structure, which begins with its size as a __u64
 * @out: the module's structure
 * @size: size of @out, in bytes
 *
 * Return: 0; -EINVAL if the caller's structure is too short to contain its own
 * size; -E2BIG if the caller's structure is larger than a page; or -EFAULT.
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
 * mmapdemo_growth_question - copy a structure from a caller whose structure may
 *	be shorter or longer
 * @cmd: MMAPDEMO_IOC_*, whose number contains the original size of the
 *	structure
 * @out: the module's structure, in which members that the caller's structure
 *	lacks are set to 0
 * @size: size of @out, in bytes
 * @arg: the caller's structure, which begins with its size as a __u64
 *
 * Return: 0; -EINVAL if the caller's structure is shorter than the original
 * structure; -E2BIG if the caller's structure is larger than a page, or sets
 * members that the module does not know; or -EFAULT.
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
