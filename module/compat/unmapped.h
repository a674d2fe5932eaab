/* SPDX-License-Identifier: GPL-2.0-only */
/* The search for a free range in an address space, on older kernels. */
#ifndef _MMAPDEMO_COMPAT_UNMAPPED_H
#define _MMAPDEMO_COMPAT_UNMAPPED_H

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/coredump.h>
#include <linux/string.h>
#include <linux/version.h>

/*
 * MAP_ABOVE4G exists since Linux 6.6, commit 29f890d1050f ("x86/mm: Introduce
 * MAP_ABOVE4G").
 */
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0
#endif

/*
 * Before Linux 6.10, commit 529ce23a764f ("mm: switch mm->get_unmapped_area()
 * to a flag"), each mm_struct has a pointer to the function that searches for a
 * free range.
 */
#ifndef MMF_TOPDOWN
static inline void mmapdemo_mm_search_name(const struct mm_struct *mm,
					   char *name, size_t size)
{
	snprintf(name, size, "%ps", mm->get_unmapped_area);
}
#else

/* Before Linux 6.18 ("mm: add bitmap mm->flags field"), mm->flags is a single word. */
#ifndef NUM_MM_FLAG_BITS
static inline bool mm_flags_test(int flag, const struct mm_struct *mm)
{
	return test_bit(flag, &mm->flags);
}
#endif

static inline void mmapdemo_mm_search_name(const struct mm_struct *mm,
					   char *name, size_t size)
{
	strscpy(name, mm_flags_test(MMF_TOPDOWN, mm) ?
			"arch_get_unmapped_area_topdown" :
			"arch_get_unmapped_area", size);
}
#endif

/*
 * Search for a free range, for a file without .get_unmapped_area. Up to Linux
 * 6.9, the mm_struct has a pointer to the search function. From 6.10 to 6.18,
 * mm_get_unmapped_area() takes an mm_struct, which must be the caller's. Commit
 * 9ac09bb9feac removed this parameter in 6.19.
 */
#ifndef MMF_TOPDOWN
#define mm_get_unmapped_area(...)	\
	current->mm->get_unmapped_area(__VA_ARGS__)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define mm_get_unmapped_area(...)	\
	mm_get_unmapped_area(current->mm, __VA_ARGS__)
#endif

#endif /* _MMAPDEMO_COMPAT_UNMAPPED_H */
