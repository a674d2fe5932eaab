/* SPDX-License-Identifier: GPL-2.0-only */
/* Who looks for a free range in an address space. */
#ifndef _MMAPDEMO_COMPAT_UNMAPPED_H
#define _MMAPDEMO_COMPAT_UNMAPPED_H

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/coredump.h>
#include <linux/string.h>
#include <linux/version.h>

/* Before Linux 6.6, commit 29f890d1050f ("x86/mm: Introduce MAP_ABOVE4G") */
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0
#endif

/*
 * Before Linux 6.10, commit 529ce23a764f ("mm: switch mm->get_unmapped_area()
 * to a flag"): a pointer to the function.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static inline void mmapdemo_mm_search_name(const struct mm_struct *mm,
					   char *name, size_t size)
{
	snprintf(name, size, "%ps", mm->get_unmapped_area);
}
#else

/* Before Linux 6.18 ("mm: add bitmap mm->flags field"): a word of bits. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
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
 * The search that a file without one of its own gets: until Linux 6.9 a pointer
 * in the address space, see above; from 7.0 on always that of the caller.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define mm_get_unmapped_area(...)	\
	current->mm->get_unmapped_area(__VA_ARGS__)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define mm_get_unmapped_area(...)	\
	mm_get_unmapped_area(current->mm, __VA_ARGS__)
#endif

#endif /* _MMAPDEMO_COMPAT_UNMAPPED_H */
