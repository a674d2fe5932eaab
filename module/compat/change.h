/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that try to merge when a part of a mapping changes: for
 * mprotect(), madvise(), mlock(), mbind(), userfaultfd.
 *
 * CHANGE_PROBES(X) lists X(name, symbol…) for each. All have their arguments
 * at the same places, where change_mm() and so on find them.
 */
#ifndef _MMAPDEMO_COMPAT_CHANGE_H
#define _MMAPDEMO_COMPAT_CHANGE_H

#include <linux/mm.h>
#include <linux/version.h>

/*
 * Before Linux 6.12 all of them call vma_merge(mm, prev, start, end, …), which
 * returns NULL when it did not merge. So do those who map a new range.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)

#define CHANGE_PROBES(X) \
	X(vma_merge, "vma_merge")

static inline struct mm_struct *change_mm(const unsigned long *args)
{
	return (struct mm_struct *)args[0];
}

static inline unsigned long change_start(const unsigned long *args)
{
	return args[2];
}

static inline unsigned long change_end(const unsigned long *args)
{
	return args[3];
}

/*
 * Then each has a function of its own, (vmi, prev, vma, start, end, …), which
 * returns the VMA of the range, merged or split off, or an error.
 */
#else

#define CHANGE_PROBES(X) \
	X(vma_modify_flags, "vma_modify_flags") \
	X(vma_modify_name, "vma_modify_name", "vma_modify_flags_name") \
	X(vma_modify_policy, "vma_modify_policy") \
	X(vma_modify_uffd, "vma_modify_flags_uffd")

static inline struct mm_struct *change_mm(const unsigned long *args)
{
	return ((struct vm_area_struct *)args[2])->vm_mm;
}

static inline unsigned long change_start(const unsigned long *args)
{
	return args[3];
}

static inline unsigned long change_end(const unsigned long *args)
{
	return args[4];
}

#endif

#endif /* _MMAPDEMO_COMPAT_CHANGE_H */
