/* SPDX-License-Identifier: GPL-2.0-only */
/* Within which limits x86 looks for a free range. */
#ifndef _MMAPDEMO_SEARCH_X86_H
#define _MMAPDEMO_SEARCH_X86_H

#include "compat/unmapped.h"
#include "trace/records.h"

#include <linux/compat.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sizes.h>

/* As get_mmap_base(): where the search begins, at its lower or upper end. */
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

/* Mirrors find_start_end() and arch_get_unmapped_area_topdown(). */
static inline struct span search_limits(const struct mm_struct *mm,
					unsigned long addr, unsigned long flags,
					bool topdown)
{
	struct span limits = { .start = PAGE_SIZE };

	if (!in_32bit_syscall() && (flags & MAP_32BIT))
		return (struct span) { .start = SZ_1G, .end = SZ_2G };
	if (!topdown) {
		limits.start = search_base(mm, topdown);
		limits.end = DEFAULT_MAP_WINDOW;
		if (in_32bit_syscall())
			limits.end = IA32_PAGE_OFFSET;
		else if (addr > DEFAULT_MAP_WINDOW)
			limits.end = TASK_SIZE_MAX;
		return limits;
	}
	limits.end = search_base(mm, topdown);
	if (in_32bit_syscall())
		return limits;
	if (flags & MAP_ABOVE4G)
		limits.start = SZ_4G;
	if ((addr & PAGE_MASK) > DEFAULT_MAP_WINDOW)
		limits.end += TASK_SIZE_MAX - DEFAULT_MAP_WINDOW;
	return limits;
}

#endif /* _MMAPDEMO_SEARCH_X86_H */
