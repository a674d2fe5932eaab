/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks for the functions that remove the VMAs of a range for munmap(),
 * MAP_FIXED, brk() and mremap().
 *
 * For each name in UNLINK_PROBES(X) of symbols.h, this file defines name_keeps,
 * name_enter() and name_leave(). The hooks report removals by unlink_report().
 * The hooks read only the first and the last VMA of the range.
 */
#ifndef _MMAPDEMO_COMPAT_UNLINK_H
#define _MMAPDEMO_COMPAT_UNLINK_H

#include "compat/features.h"
#include "probe/pending.h"
#include "trace/records.h"

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/version.h>

/* Report that @vmas VMAs of @mm, which covered @range, were removed. */
static void unlink_report(const struct mm_struct *mm, struct span range,
			  u32 vmas);

/*
 * Before Linux 6.12 ("mm/vma: introduce vma_munmap_struct for use in munmap
 * operations") one function removes the VMAs, and holds mmap_lock until it
 * returns, at least for reading. So the number of removed VMAs is the number by
 * which map_count falls.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)

/*
 * Since Linux 6.1 ("mm/mmap: reorganize munmap to use maple states"), the
 * arguments of the function are (mas, vma, mm, start, end, …). Before 6.1, the
 * arguments are (mm, start, len, …). Since 6.1, the maple tree can also be
 * searched for the VMA below an address.
 */
#ifndef HAS_MM_MT

#define UNLINK_ARG_MM		0

static inline struct span unlink_range(const unsigned long *args)
{
	return (struct span){
		.start = args[1], .end = args[1] + PAGE_ALIGN(args[2])
	};
}

/* Return the last VMA that begins below an address, or NULL. */
static inline struct vm_area_struct *vma_below(struct mm_struct *mm,
					       unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr - 1);
	struct rb_node *last;

	if (vma)
		return vma->vm_start < addr ? vma : vma->vm_prev;
	last = rb_last(&mm->mm_rb);
	return last ? rb_entry(last, struct vm_area_struct, vm_rb) : NULL;
}

#else

#define UNLINK_ARG_MM		2

static inline struct span unlink_range(const unsigned long *args)
{
	return (struct span){ .start = args[3], .end = args[4] };
}

static inline struct vm_area_struct *vma_below(struct mm_struct *mm,
					       unsigned long addr)
{
	MA_STATE(mas, &mm->mm_mt, addr - 1, addr - 1);
	struct vm_area_struct *vma = mas_walk(&mas);

	return vma ? vma : mas_prev(&mas, 0);
}

#endif

#define unlink_keeps		0

struct unlink_frame {
	struct mm_struct *mm;
	struct span range;
	u32 before;	/* map_count after the splits at both ends of @range */
};

static bool unlink_enter(void *data, const unsigned long *args)
{
	struct mm_struct *mm = (struct mm_struct *)args[UNLINK_ARG_MM];
	const struct vm_area_struct *first, *last;
	struct span range = unlink_range(args);
	struct unlink_frame *frame = data;

	mmap_assert_write_locked(mm);
	first = find_vma(mm, range.start);
	last = vma_below(mm, range.end);
	if (!first || !last || first->vm_start >= range.end)
		return false;
	frame->mm = mm;
	frame->before = mm->map_count + (first->vm_start < range.start) +
			(last->vm_end > range.end);
	frame->range.start = max_t(u64, first->vm_start, range.start);
	frame->range.end = min_t(u64, last->vm_end, range.end);
	return true;
}

static void unlink_leave(void *data, unsigned long ret)
{
	const struct unlink_frame *frame = data;

	if ((int)ret >= 0)
		unlink_report(frame->mm, frame->range,
			      frame->before - frame->mm->map_count);
}

/*
 * Since Linux 6.12 there are two functions, both with the arguments (vms,
 * mas_detach). The first function gathers the VMAs in a separate tree, whose
 * indices begin at 0. If mmap() then fails, mmap() puts these VMAs back. The
 * second function removes the VMAs permanently, and may release mmap_lock
 * before it returns. If mmap() replaces nothing, mmap() calls only the second
 * function, with a mas_detach that points to uninitialized memory. So the hook
 * only compares this pointer.
 */
#else

#define gather_keeps		BIT(MMAPDEMO_PENDING_UNLINK)
#define unlink_keeps		0

struct unlink_frame {
	struct ma_state *mas_detach;
};

extern struct probe mmapdemo_probe_gather;

/*
 * Data that the hook of the first function stores for the hook of the second
 * function.
 */
struct unlink_gathered {
	const struct ma_state *mas_detach;
	const struct mm_struct *mm;
	struct span range;
	u32 vmas;
};

static bool gather_enter(void *data, const unsigned long *args)
{
	struct unlink_frame *frame = data;

	frame->mas_detach = (struct ma_state *)args[1];
	return true;
}

static void gather_leave(void *data, unsigned long ret)
{
	const struct unlink_frame *frame = data;
	const struct vm_area_struct *first, *last;
	struct unlink_gathered gathered;

	if ((int)ret)
		return;

	MA_STATE(mas, frame->mas_detach->tree, 0, 0);
	first = mas_find(&mas, ULONG_MAX);
	mas_set(&mas, ULONG_MAX);
	last = mas_prev(&mas, 0);
	if (!first || !last)
		return;
	gathered = (struct unlink_gathered) {
		.mas_detach = frame->mas_detach,
		.mm = first->vm_mm,
		.range = { .start = first->vm_start, .end = last->vm_end },
		.vmas = mas.index + 1,
	};
	mmapdemo_pending_keep(&mmapdemo_probe_gather, MMAPDEMO_PENDING_UNLINK,
			      &gathered, sizeof(gathered));
}

static bool unlink_enter(void *data, const unsigned long *args)
{
	struct unlink_gathered gathered;

	if (mmapdemo_pending_take(&mmapdemo_probe_gather,
				  MMAPDEMO_PENDING_UNLINK, &gathered,
				  sizeof(gathered)) &&
	    gathered.mas_detach == (struct ma_state *)args[1])
		unlink_report(gathered.mm, gathered.range, gathered.vmas);
	return false;
}

static void unlink_leave(void *data, unsigned long ret)
{
}

#endif

#endif /* _MMAPDEMO_COMPAT_UNLINK_H */
