// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of a range: vma_merge, vma_link.
 *
 * All of these functions run with mmap_lock held for writing, so the tree of
 * VMAs can be looked at before and after, and the difference is the outcome: it
 * does not matter how a kernel names and inlines the functions between.
 */
#include "common.h"
#include "compat/change.h"
#include "compat/symbols.h"
#include "dmesg.h"
#include "events.h"
#include "hooks.h"
#include "mmapdemo.h"
#include "observe.h"
#include "pending.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>

/* A range and its neighbours, before. */
struct range_frame {
	struct mm_struct *mm;
	struct span range;
	struct span prev;
	struct span next;
	u32 map_count;
};

static struct span vma_span(const struct vm_area_struct *vma)
{
	return (struct span){ .start = vma->vm_start, .end = vma->vm_end };
}

/* The VMA that holds an address, or NULL. */
static struct vm_area_struct *vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_assert_write_locked(mm);
	vma = find_vma(mm, addr);
	return vma && vma->vm_start <= addr ? vma : NULL;
}

static void range_before(struct range_frame *frame, struct mm_struct *mm,
			 unsigned long start, unsigned long len)
{
	const struct vm_area_struct *vma;

	*frame = (struct range_frame) {
		.mm = mm,
		.range = span_of(start, PAGE_ALIGN(len)),
		.map_count = mm->map_count,
	};
	vma = start ? vma_at(mm, start - 1) : NULL;
	if (vma)
		frame->prev = vma_span(vma);
	vma = vma_at(mm, frame->range.end);
	if (vma)
		frame->next = vma_span(vma);
}

static void emit_link(const struct vm_area_struct *vma, u32 cause)
{
	struct link_record r = {
		.mm = mmapdemo_observe_mm(vma->vm_mm),
		.cause = cause,
		.map_count = vma->vm_mm->map_count,
		.range = vma_span(vma),
		.flags = vma->vm_flags,
		.pgoff = vma->vm_pgoff,
		.trigger = mmapdemo_observe_trigger(),
	};

	if (!trace_vma_link_enabled() && !mmapdemo_dmesg_wants())
		return;
	mmapdemo_observe_file(&r.file, vma->vm_file);
	trace_vma_link(&r);
	mmapdemo_dmesg_link(&r);
}

/* Which neighbours the VMA took in, beyond the range itself. */
static u32 merge_outcome(const struct span *range,
			 const struct vm_area_struct *vma)
{
	return (vma->vm_start < range->start ? MMAPDEMO_MERGE_PREV : 0) |
	       (vma->vm_end > range->end ? MMAPDEMO_MERGE_NEXT : 0);
}

static void emit_merge(const struct range_frame *frame,
		       const struct vm_area_struct *result, u32 cause,
		       u32 outcome, u32 absorbed)
{
	struct merge_record r = {
		.mm = mmapdemo_observe_mm(frame->mm),
		.cause = cause,
		.outcome = outcome,
		.flags = result->vm_flags,
		.range = frame->range,
		.prev = frame->prev,
		.next = frame->next,
		.result = vma_span(result),
		.absorbed = absorbed,
		.map_count = frame->mm->map_count,
		.trigger = mmapdemo_observe_trigger(),
	};

	trace_vma_merge(&r);
	mmapdemo_dmesg_merge(&r);
}

/* The range is mapped now: as part of a neighbour, or as a VMA of its own. */
static void range_after(const struct range_frame *frame, u32 cause)
{
	const struct vm_area_struct *vma = vma_at(frame->mm,
						  frame->range.start);
	u32 outcome;

	if (!vma)
		return;
	outcome = merge_outcome(&frame->range, vma);
	/* Two neighbours became one; the range itself was no VMA before. */
	emit_merge(frame, vma, cause, outcome,
		   /* absorbed = */ outcome == (MMAPDEMO_MERGE_PREV |
						MMAPDEMO_MERGE_NEXT));
	if (!outcome)
		emit_link(vma, cause);
}

/* mmap_region() */

static bool mmap_region_enter(void *data, const unsigned long *args)
{
	/* Of an mmap() that failed, and put back what it was to replace. */
	mmapdemo_pending_forget(MMAPDEMO_PENDING_UNLINK);
	range_before(data, current->mm, args[1], args[2]);
	return true;
}

static void mmap_region_leave(void *data, unsigned long ret)
{
	if (!IS_ERR_VALUE(ret))
		range_after(data, MMAPDEMO_CAUSE_MMAP);
}

struct probe mmapdemo_probe_mmap_region = {
	.symbols = MMAP_REGION_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK) |
		  BIT(MMAPDEMO_EVENT_VMA_UNLINK),
	.frame_size = sizeof(struct range_frame),
	.enter = mmap_region_enter,
	.leave = mmap_region_leave,
};

/* do_brk_flags() */

static bool brk_enter(void *data, const unsigned long *args)
{
	range_before(data, current->mm, args[BRK_ARG_ADDR], args[BRK_ARG_LEN]);
	return true;
}

static void brk_leave(void *data, unsigned long ret)
{
	if (!(int)ret)
		range_after(data, MMAPDEMO_CAUSE_BRK);
}

struct probe mmapdemo_probe_brk = {
	.symbols = BRK_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct range_frame),
	.enter = brk_enter,
	.leave = brk_leave,
};

/* copy_vma(): mremap() moves a mapping */

static bool copy_vma_enter(void *data, const unsigned long *args)
{
	range_before(data, current->mm, args[1], args[2]);
	return true;
}

static void copy_vma_leave(void *data, unsigned long ret)
{
	if (ret)
		range_after(data, MMAPDEMO_CAUSE_MOVE);
}

struct probe mmapdemo_probe_copy_vma = {
	.symbols = COPY_VMA_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE) | BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct range_frame),
	.enter = copy_vma_enter,
	.leave = copy_vma_leave,
};

/*
 * mprotect(), madvise(), mlock() … of a part of a mapping. Some kernels call the
 * same function for new ranges, which the hooks above have told already: then
 * nothing is mapped there yet.
 */

static bool change_enter(void *data, const unsigned long *args)
{
	unsigned long start = change_start(args);
	struct mm_struct *mm = change_mm(args);

	if (!vma_at(mm, start))
		return false;
	range_before(data, mm, start, change_end(args) - start);
	return true;
}

/* Returned the VMA that holds the range, an error, or NULL for not merged. */
static void change_leave(void *data, unsigned long ret)
{
	const struct vm_area_struct *vma = (const void *)ret;
	const struct range_frame *frame = data;
	u32 outcome = 0, absorbed = 0;

	if (IS_ERR(vma))
		return;
	if (vma)
		outcome = merge_outcome(&frame->range, vma);
	else
		vma = vma_at(frame->mm, frame->range.start);
	if (outcome)
		absorbed = frame->map_count - frame->mm->map_count;
	if (vma)
		emit_merge(frame, vma, MMAPDEMO_CAUSE_CHANGE, outcome,
			   absorbed);
}

#define CHANGE_PROBE(name, ...)					\
struct probe mmapdemo_probe_##name = {				\
	.symbols = SYMBOLS(__VA_ARGS__),			\
	.events = BIT(MMAPDEMO_EVENT_VMA_MERGE),		\
	.frame_size = sizeof(struct range_frame),		\
	.enter = change_enter,					\
	.leave = change_leave,					\
};

CHANGE_PROBES(CHANGE_PROBE)

/* insert_vm_struct(): exec's stack, vdso. No merge is tried. */

static bool insert_enter(void *data, const unsigned long *args)
{
	*(const struct vm_area_struct **)data = (const void *)args[1];
	return true;
}

static void insert_leave(void *data, unsigned long ret)
{
	if (!(int)ret)
		emit_link(*(const struct vm_area_struct **)data,
			  MMAPDEMO_CAUSE_INSERT);
}

struct probe mmapdemo_probe_insert = {
	.symbols = INSERT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_LINK),
	.frame_size = sizeof(struct vm_area_struct *),
	.enter = insert_enter,
	.leave = insert_leave,
};
