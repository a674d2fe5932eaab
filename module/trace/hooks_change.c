// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes to existing mappings: mremap() that extends a mapping in place, and
 * mprotect(), madvise(), mlock() and other calls that change a part of a
 * mapping. All hooks of this file run with mmap_lock held for writing.
 */
#include "common.h"
#include "mmapdemo.h"
#include "trace/hooks.h"
#include "trace/kernel/change.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"
#include "trace/range.h"
#include "trace/snapshot.h"

#include <linux/err.h>
#include <linux/mm.h>

/* ---- mremap() that extends a mapping in place ---- */

static void extend_before(struct vma_range *range,
			  const struct vm_area_struct *vma, unsigned long len)
{
	struct verdict_vma want;

	mmapdemo_snapshot(&want, vma);
	verdict_move(&want, (vma->vm_end - vma->vm_start) >> PAGE_SHIFT);
	want.links = 1;		/* the new range has no pages inherited by fork */
	mmapdemo_range_before(range, vma->vm_mm, MMAPDEMO_CAUSE_EXTEND,
			      span_of(vma->vm_end, len), &want);
}

static void extend_after(struct vma_range *range, bool failed)
{
	const struct vm_area_struct *vma;

	vma = mmapdemo_vma_at(range->mm, range->span.start);
	mmapdemo_range_merge(range, vma,
			     vma ? mmapdemo_range_outcome(range, vma) : 0,
			     failed ? -ENOMEM : 0);
}

static bool extend_enter(void *data, const unsigned long *args)
{
	const struct vm_area_struct *vma = extend_vma(args);
	struct vma_range *range = data;

	if (!vma)
		return false;
	extend_before(range, vma, extend_length(args));
	if (!EXTEND_MERGES) {
		range->verdict.barred[VERDICT_PREV] = MMAPDEMO_REASON_MERGED;
		mmapdemo_range_not_tried(range, VERDICT_NEXT);
	}
	return true;
}

static void extend_leave(void *data, unsigned long ret)
{
	extend_after(data, extend_failed(ret));
}

struct probe mmapdemo_probe_extend = {
	.symbols = EXTEND_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE),
	.frame_size = sizeof(struct vma_range),
	.enter = extend_enter,
	.leave = extend_leave,
};

/* ---- mprotect(), madvise(), mlock() and others for a part of a mapping ---- */

/*
 * On some kernels, the probed function is also called for new ranges, which
 * hooks_merge.c reports, and when mremap() extends a mapping. A new or added
 * range is not mapped yet.
 */
static bool change_enter(struct vma_range *range, const unsigned long *args,
			 void (*wants)(struct verdict_vma *want,
				       const unsigned long *args))
{
	unsigned long start = change_start(args), end = change_end(args);
	struct mm_struct *mm = change_mm(args);
	const struct vm_area_struct *vma = mmapdemo_vma_at(mm, start);
	struct verdict_vma want;

	if (!vma && change_extends(args)) {
		extend_before(range, change_prev(args), end - start);
		return true;
	}
	if (!vma)
		return false;
	mmapdemo_snapshot(&want, vma);
	verdict_move(&want, (start - vma->vm_start) >> PAGE_SHIFT);
	wants(&want, args);
	mmapdemo_range_before(range, mm, MMAPDEMO_CAUSE_CHANGE,
			      span_of(start, end - start), &want);
	range->verdict.whole = start == vma->vm_start && end == vma->vm_end;
	if (start > vma->vm_start)
		range->verdict.barred[VERDICT_PREV] = MMAPDEMO_REASON_INSIDE;
	else if (change_prev(args) != mmapdemo_vma_before(mm, start))
		mmapdemo_range_not_tried(range, VERDICT_PREV);
	if (end < vma->vm_end)
		range->verdict.barred[VERDICT_NEXT] = MMAPDEMO_REASON_INSIDE;
	return true;
}

/* @ret is the VMA that contains the range, an error, or NULL if nothing was merged. */
static void change_leave(void *data, unsigned long ret)
{
	const struct vm_area_struct *vma = (const void *)ret;
	struct vma_range *range = data;
	u32 outcome = 0;

	if (range->verdict.cause == MMAPDEMO_CAUSE_EXTEND) {
		extend_after(range, !vma);
		return;
	}
	if (IS_ERR_OR_NULL(vma))
		vma = mmapdemo_vma_at(range->mm, range->span.start);
	else
		outcome = mmapdemo_range_outcome(range, vma);
	mmapdemo_range_merge(range, vma, outcome,
			     IS_ERR_VALUE(ret) ? (int)ret : 0);
}

#define CHANGE_PROBE(name, ...)						\
static bool name##_enter(void *data, const unsigned long *args)		\
{									\
	return change_enter(data, args, name##_wants);			\
}									\
									\
struct probe mmapdemo_probe_##name = {					\
	.symbols = SYMBOLS(__VA_ARGS__),				\
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE),			\
	.nr_args = CHANGE_ARGS,						\
	.frame_size = sizeof(struct vma_range),				\
	.enter = name##_enter,						\
	.leave = change_leave,						\
};

CHANGE_PROBES(CHANGE_PROBE)
