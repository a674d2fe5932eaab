// SPDX-License-Identifier: GPL-2.0-only
/*
 * A range of an address space, before and after the range is mapped or changed.
 *
 * mmap_lock is held for writing all the time, so the outcome is the difference
 * between the VMAs before and after the change. It does not matter which
 * functions the kernel calls during the change, or whether these functions are
 * inlined. verdict.c uses the state before the change to find out why a
 * neighbour was not merged.
 */
#include "common.h"
#include "mmapdemo.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/kernel/merge.h"
#include "trace/observe.h"
#include "trace/range.h"
#include "trace/snapshot.h"

#include <linux/mm.h>
#include <linux/sched.h>

/*
 * The merge rules of this kernel; NULL if the module does not know the rules.
 */
static const struct verdict_rules *const merge_rules = MERGE_RULES;

/*
 * VM_* of the resulting VMA that may differ from the flags with which the merge
 * was tried.
 */
#define LOCKED_FLAGS	(VM_LOCKED | VM_LOCKONFAULT)
#define LATE_FLAGS	(LOCKED_FLAGS | VM_SOFTDIRTY | MERGE_LATE)

static struct span vma_span(const struct vm_area_struct *vma)
{
	return (struct span){ .start = vma->vm_start, .end = vma->vm_end };
}

/** mmapdemo_vma_at - return the VMA that contains an address, or NULL */
struct vm_area_struct *mmapdemo_vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_assert_write_locked(mm);
	vma = find_vma(mm, addr);
	return vma && vma->vm_start <= addr ? vma : NULL;
}

/** mmapdemo_vma_before - return the VMA that contains the address @start - 1, or NULL */
const struct vm_area_struct *mmapdemo_vma_before(struct mm_struct *mm,
						 unsigned long start)
{
	return start ? mmapdemo_vma_at(mm, start - 1) : NULL;
}

/**
 * mmapdemo_range_caller - get the return address of the function that made the system
 *	call
 * @mm: the address space that is changed
 * @trigger: why the kernel is running
 *
 * The word at the top of the stack is the return address only if the function
 * has pushed nothing. If the function has pushed something, the word is data of
 * the program, which must not get into the trace. So mmapdemo_range_caller()
 * returns the word only if the word is an address of code at which a call
 * instruction ends. The module checks the instruction, because the reader of
 * the event may no longer have the program's file. A stack pointer outside of
 * all VMAs is not used, because reading there would cause a page fault, which
 * other tracers can observe. During exec, @mm is not the address space of the
 * current program.
 *
 * Return: the return address, or 0. The result is always 0 for 32-bit programs, which
 * enter the kernel through the vDSO.
 */
u64 mmapdemo_range_caller(struct mm_struct *mm, const struct trigger *trigger)
{
	const struct vm_area_struct *vma;
	unsigned long slot, word;

	if (mm != current->mm || trigger->kind != MMAPDEMO_TRIGGER_SYSCALL)
		return 0;
	slot = mmapdemo_observe_return_slot();
	vma = slot ? mmapdemo_vma_at(mm, slot) : NULL;
	if (!vma || !(vma->vm_flags & VM_READ))
		return 0;
	word = mmapdemo_observe_word(slot);
	vma = word ? mmapdemo_vma_at(mm, word) : NULL;
	return vma && vma->vm_flags & VM_EXEC &&
	       mmapdemo_observe_call(vma->vm_start, word) ? word : 0;
}

/* ---- before ---- */

static void side_before(struct vma_range *range, int side, struct span *span,
			const struct vm_area_struct *vma, unsigned long border)
{
	if (!vma) {
		range->verdict.barred[side] = MMAPDEMO_REASON_NO_NEIGHBOUR;
		return;
	}
	*span = vma_span(vma);
	/*
	 * If the module does not know the merge rules of the kernel, the
	 * properties of the range may have been read from the wrong arguments,
	 * so do not compare them.
	 */
	if (merge_rules)
		mmapdemo_snapshot_side(&range->verdict, side, vma, border);
}

/**
 * mmapdemo_range_before - record the state before a range is mapped or changed
 * @range: filled in
 * @mm: the address space
 * @cause: enum mmapdemo_cause
 * @span: the range
 * @want: properties that the range will have, as far as they are already known
 */
void mmapdemo_range_before(struct vma_range *range, struct mm_struct *mm,
			   u32 cause, struct span span,
			   const struct verdict_vma *want)
{
	*range = (struct vma_range) {
		.mm = mm,
		.map_count = mm->map_count,
		.span = span,
		.verdict = {
			.cause = cause,
			.pages = (span.end - span.start) >> PAGE_SHIFT,
			.want = *want,
		},
	};
	side_before(range, VERDICT_PREV, &range->prev,
		    mmapdemo_vma_before(mm, span.start), span.start);
	side_before(range, VERDICT_NEXT, &range->next,
		    mmapdemo_vma_at(mm, span.end), span.end);
}

/**
 * mmapdemo_range_not_tried - record that the kernel does not try to merge a
 *	neighbour
 * @range: the range of the attempt
 * @side: VERDICT_PREV or VERDICT_NEXT
 */
void mmapdemo_range_not_tried(struct vma_range *range, int side)
{
	if (!range->verdict.barred[side])
		range->verdict.barred[side] = MMAPDEMO_REASON_NOT_TRIED;
}

/* ---- after ---- */

/** mmapdemo_range_link - report a new VMA */
void mmapdemo_range_link(const struct vm_area_struct *vma, u32 cause)
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
	r.caller = mmapdemo_range_caller(vma->vm_mm, &r.trigger);
	trace_vma_link(&r);
	mmapdemo_dmesg_link(&r);
}

/** mmapdemo_range_outcome - return which neighbours were merged (MMAPDEMO_MERGES) */
u32 mmapdemo_range_outcome(const struct vma_range *range,
			   const struct vm_area_struct *vma)
{
	return (vma->vm_start < range->span.start ? MMAPDEMO_MERGE_PREV : 0) |
	       (vma->vm_end > range->span.end ? MMAPDEMO_MERGE_NEXT : 0);
}

/* Assume that the merge was tried with the properties that the VMA has now. */
static void want_result(struct vma_range *range,
			const struct vm_area_struct *result, bool file)
{
	struct verdict_vma *want = &range->verdict.want;

	want->flags = (want->flags & LOCKED_FLAGS) |
		      (result->vm_flags & ~(u64)MERGE_LATE);
	if (!file)
		return;
	want->file = (unsigned long)result->vm_file;
	want->pgoff = result->vm_pgoff;
	want->pgoff += (range->span.start - result->vm_start) >> PAGE_SHIFT;
}

/*
 * Complete the properties with which a merge of a new range was tried. These
 * properties are known only after the merge: mmap() adds flags, and may call
 * the driver, before it tries to merge. brk() does not pass its flags as an
 * argument.
 */
static void want_after(struct vma_range *range,
		       const struct vm_area_struct *result)
{
	u32 cause = range->verdict.cause;

	if (cause == MMAPDEMO_CAUSE_BRK)
		want_result(range, result, false);
	else if (cause == MMAPDEMO_CAUSE_MMAP && merge_prepares(range->file))
		want_result(range, result, true);
	else if (cause == MMAPDEMO_CAUSE_MMAP)
		range->verdict.want.flags |= result->vm_flags &
					     merge_added(range->file);
}

/*
 * Return true if the kernel tried a second time to merge, because .mmap had
 * changed the flags.
 */
static bool tried_again(const struct vma_range *range,
			const struct vm_area_struct *result)
{
	u64 changed = range->verdict.want.flags ^ result->vm_flags;

	return MERGE_RETRIES && range->verdict.cause == MMAPDEMO_CAUSE_MMAP &&
	       range->file && range->below && (changed & ~(u64)LATE_FLAGS);
}

/*
 * For each neighbour, find out why the last attempt did not merge it with the
 * range.
 */
static void merge_verdict(struct vma_range *range,
			  const struct vm_area_struct *result,
			  u32 reason[VERDICT_SIDES])
{
	struct verdict_case *c = &range->verdict;

	if (result)
		want_after(range, result);
	mmapdemo_verdict(merge_rules, c, reason);
	if (result && reason[VERDICT_PREV] != MMAPDEMO_REASON_MERGED &&
	    reason[VERDICT_NEXT] != MMAPDEMO_REASON_MERGED &&
	    tried_again(range, result)) {
		c->again = true;
		want_result(range, result, MERGE_RETRIES_FILE);
		mmapdemo_verdict(merge_rules, c, reason);
	}
}

/*
 * Record the verdict on one side, but only if the VMAs after the merge agree
 * with the verdict.
 */
static void record_side(struct merge_side *out, const struct verdict_case *c,
			int side, u32 reason, bool merged)
{
	bool says_merged = reason == MMAPDEMO_REASON_MERGED;

	if (merged == says_merged)
		out->reason = reason;
	if (c->barred[side] == MMAPDEMO_REASON_NO_NEIGHBOUR)
		return;
	out->pgoff = c->side[side].pgoff;
	out->flags_diff = mmapdemo_verdict_flags(merge_rules, c, side);
}

static void record_verdict(struct merge_record *r, struct vma_range *range,
			   const struct vm_area_struct *result)
{
	const struct verdict_case *c = &range->verdict;
	u32 reason[VERDICT_SIDES];

	if (!merge_rules)
		return;
	merge_verdict(range, result, reason);
	r->flags_wanted = c->want.flags;
	r->pgoff = c->want.pgoff;
	record_side(&r->side_prev, c, VERDICT_PREV, reason[VERDICT_PREV],
		    r->outcome & MMAPDEMO_MERGE_PREV);
	record_side(&r->side_next, c, VERDICT_NEXT, reason[VERDICT_NEXT],
		    r->outcome & MMAPDEMO_MERGE_NEXT);
}

/*
 * Return the number of VMAs that became part of the result. For a change or an
 * extension, return the number by which map_count fell. A new range may also
 * have replaced VMAs, which were not absorbed, so for a new range the number is
 * derived from @outcome.
 */
static u32 absorbed(const struct vma_range *range, u32 outcome)
{
	u32 cause = range->verdict.cause;

	if (!outcome)
		return 0;
	if (cause == MMAPDEMO_CAUSE_CHANGE || cause == MMAPDEMO_CAUSE_EXTEND)
		return range->map_count - range->mm->map_count;
	return outcome == (MMAPDEMO_MERGE_PREV | MMAPDEMO_MERGE_NEXT);
}

/**
 * mmapdemo_range_merge - report an attempt to merge a range
 * @range: the state before the change
 * @result: the VMA that contains the range now, or NULL
 * @outcome: MMAPDEMO_MERGES
 * @ret: 0, or the negative errno with which the call fails
 */
void mmapdemo_range_merge(struct vma_range *range,
			  const struct vm_area_struct *result, u32 outcome,
			  int ret)
{
	struct merge_record r = {
		.mm = mmapdemo_observe_mm(range->mm),
		.cause = range->verdict.cause,
		.outcome = outcome,
		.range = range->span,
		.prev = range->prev,
		.next = range->next,
		.absorbed = absorbed(range, outcome),
		.map_count = range->mm->map_count,
		.trigger = mmapdemo_observe_trigger(),
		.ret = ret,
	};

	if (!trace_vma_merge_enabled() && !mmapdemo_dmesg_wants())
		return;
	if (result) {
		r.flags = result->vm_flags;
		r.result = vma_span(result);
	}
	record_verdict(&r, range, result);
	trace_vma_merge(&r);
	mmapdemo_dmesg_merge(&r);
}

/**
 * mmapdemo_range_after - report that a new range was mapped
 * @range: the state before the change
 *
 * The function reports the attempt to merge the range. If the range became a
 * new VMA, the function also reports this VMA.
 */
void mmapdemo_range_after(struct vma_range *range)
{
	const struct vm_area_struct *vma;
	u32 outcome;

	vma = mmapdemo_vma_at(range->mm, range->span.start);
	if (!vma)
		return;
	outcome = mmapdemo_range_outcome(range, vma);
	mmapdemo_range_merge(range, vma, outcome, 0);
	if (!outcome)
		mmapdemo_range_link(vma, range->verdict.cause);
}
