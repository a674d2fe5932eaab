// SPDX-License-Identifier: GPL-2.0-only
/*
 * New ranges: mmap(), brk(), mremap() that moves a mapping, and the VMAs that
 * exec inserts. All hooks of this file run with mmap_lock held for writing.
 */
#include "common.h"
#include "mmapdemo.h"
#include "probe/pending.h"
#include "trace/hooks.h"
#include "trace/kernel/merge.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"
#include "trace/range.h"
#include "trace/snapshot.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>

/* ---- mmap_region() ---- */

static bool mmap_region_enter(void *data, const unsigned long *args)
{
	struct mm_struct *mm = current->mm;
	struct vma_range *range = data;
	const struct verdict_vma want = {
		.file = args[0],
		.flags = args[3],
		.pgoff = args[4],
		.anon_pgoff = args[1] >> PAGE_SHIFT,
	};
	const struct vm_area_struct *first = find_vma(mm, 0);

	/*
	 * An earlier mmap() may have failed, and left data about VMAs that
	 * mmap() did not remove in the end.
	 */
	mmapdemo_pending_forget(MMAPDEMO_PENDING_UNLINK);
	mmapdemo_range_before(range, mm, MMAPDEMO_CAUSE_MMAP,
			      span_of(args[1], PAGE_ALIGN(args[2])), &want);
	range->file = (const struct file *)args[0];
	range->below = first && first->vm_start < args[1];
	return true;
}

static void mmap_region_leave(void *data, unsigned long ret)
{
	if (!IS_ERR_VALUE(ret))
		mmapdemo_range_after(data);
}

struct probe mmapdemo_probe_mmap_region = {
	.symbols = MMAP_REGION_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK) |
		  BIT(MMAPDEMO_EVENT_VMA_UNLINK),
	.frame_size = sizeof(struct vma_range),
	.enter = mmap_region_enter,
	.leave = mmap_region_leave,
};

/* ---- do_brk_flags() ---- */

static bool brk_enter(void *data, const unsigned long *args)
{
	unsigned long start = args[BRK_ARG_ADDR];
	struct mm_struct *mm = current->mm;
	const struct verdict_vma want = { .pgoff = start >> PAGE_SHIFT };

	mmapdemo_range_before(data, mm, MMAPDEMO_CAUSE_BRK,
			      span_of(start, PAGE_ALIGN(args[BRK_ARG_LEN])), &want);
	if (!merge_brk_tries(args, mmapdemo_vma_before(mm, start)))
		mmapdemo_range_not_tried(data, VERDICT_PREV);
	if (!MERGE_BRK_NEXT)
		mmapdemo_range_not_tried(data, VERDICT_NEXT);
	return true;
}

static void brk_leave(void *data, unsigned long ret)
{
	if (!(int)ret)
		mmapdemo_range_after(data);
}

struct probe mmapdemo_probe_brk = {
	.symbols = BRK_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct vma_range),
	.enter = brk_enter,
	.leave = brk_leave,
};

/* ---- copy_vma(): mremap() moves a mapping ---- */

/*
 * Since Linux 6.1, mremap(MREMAP_DONTUNMAP) of untouched memory does not merge
 * the new mapping with the old mapping.
 */
static void not_with_itself(struct vma_range *range,
			    const struct vm_area_struct *vma)
{
	bool prev = range->prev.end && range->prev.start == vma->vm_start;
	bool next = range->next.end && range->next.start == vma->vm_start;

	if (prev || (next && MERGE_SELF == MERGE_SELF_BOTH))
		mmapdemo_range_not_tried(range, VERDICT_PREV);
	if (next || (prev && MERGE_SELF == MERGE_SELF_BOTH))
		mmapdemo_range_not_tried(range, VERDICT_NEXT);
}

static bool copy_vma_enter(void *data, const unsigned long *args)
{
	struct vm_area_struct *vma = *(struct vm_area_struct **)args[0];
	bool untouched = !vma->vm_ops && !vma->anon_vma;
	struct verdict_vma want;

	mmapdemo_snapshot(&want, vma);
	want.pgoff = untouched ? args[1] >> PAGE_SHIFT : args[3];
	want.anon_pgoff = vma->anon_vma ? args[COPY_VMA_ARG_ANON_PGOFF] :
					  args[1] >> PAGE_SHIFT;
	mmapdemo_range_before(data, vma->vm_mm, MMAPDEMO_CAUSE_MOVE,
			      span_of(args[1], PAGE_ALIGN(args[2])), &want);
	if (untouched && merge_keeps())
		not_with_itself(data, vma);
	if (!merge_tries_copy(vma)) {
		mmapdemo_range_not_tried(data, VERDICT_PREV);
		mmapdemo_range_not_tried(data, VERDICT_NEXT);
	}
	return true;
}

static void copy_vma_leave(void *data, unsigned long ret)
{
	if (ret)
		mmapdemo_range_after(data);
}

struct probe mmapdemo_probe_copy_vma = {
	.symbols = COPY_VMA_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct vma_range),
	.enter = copy_vma_enter,
	.leave = copy_vma_leave,
};

/* ---- insert_vm_struct(): exec's stack, vdso; no merge is tried ---- */

static bool insert_enter(void *data, const unsigned long *args)
{
	*(const struct vm_area_struct **)data = (const void *)args[1];
	return true;
}

static void insert_leave(void *data, unsigned long ret)
{
	if (!(int)ret)
		mmapdemo_range_link(*(const struct vm_area_struct **)data,
			    MMAPDEMO_CAUSE_INSERT);
}

struct probe mmapdemo_probe_insert = {
	.symbols = INSERT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct vm_area_struct *),
	.enter = insert_enter,
	.leave = insert_leave,
};
