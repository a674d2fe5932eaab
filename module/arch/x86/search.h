/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits of the search for a free range on x86. */
#ifndef _MMAPDEMO_ARCH_SEARCH_H
#define _MMAPDEMO_ARCH_SEARCH_H

#include "compat/unmapped.h"

#include <linux/compat.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sizes.h>

/*
 * Return the address at which the search starts: the upper limit of the search
 * if @topdown is true, and otherwise the lower limit. The function mirrors
 * get_mmap_base().
 */
static inline unsigned long search_base(const struct mm_struct *mm,
					bool topdown)
{
#ifdef CONFIG_HAVE_ARCH_COMPAT_MMAP_BASES
	if (in_32bit_syscall())
		return topdown ? mm->mmap_compat_base :
				 mm->mmap_compat_legacy_base;
#endif
	return topdown ? mm->mmap_base : mm->mmap_legacy_base;
}

/*
 * Compute the limits of the search for a free range. The search covers
 * addresses from @start up to, but not including, @end. The function mirrors
 * find_start_end() and arch_get_unmapped_area_topdown().
 */
static inline void search_limits(const struct mm_struct *mm, unsigned long addr,
				 unsigned long flags, bool topdown,
				 u64 *start, u64 *end)
{
	*start = PAGE_SIZE;
	if (!in_32bit_syscall() && (flags & MAP_32BIT)) {
		*start = SZ_1G;
		*end = SZ_2G;
	} else if (!topdown) {
		*start = search_base(mm, topdown);
		*end = DEFAULT_MAP_WINDOW;
		if (in_32bit_syscall())
			*end = IA32_PAGE_OFFSET;
		else if (addr > DEFAULT_MAP_WINDOW)
			*end = TASK_SIZE_MAX;
	} else {
		*end = search_base(mm, topdown);
		if (in_32bit_syscall())
			return;
		if (flags & MAP_ABOVE4G)
			*start = SZ_4G;
		if ((addr & PAGE_MASK) > DEFAULT_MAP_WINDOW)
			*end += TASK_SIZE_MAX - DEFAULT_MAP_WINDOW;
	}
}

#endif /* _MMAPDEMO_ARCH_SEARCH_H */
