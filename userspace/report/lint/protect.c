// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/protect.h"
#include "base/order.h"
#include "base/tree.h"
#include "event/vm_flags.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

/* Minimum number of calls for a finding. */
#define PINGPONG_CHANGES 16

/*
 * Minimum number of successive calls that undo each other. Before a range has had
 * that many, its calls are not counted, because it is normal to remove and restore
 * the rights once.
 */
#define TO_AND_FRO 3

#define VM_RIGHTS (VM_READ | VM_WRITE | VM_EXEC)
#define RIGHTS_UNKNOWN (~0ULL)

/* ---- ranges ---- */

static int compare(const void *a, const void *b)
{
	const struct protected *x = a, *y = b;

	return ORDER(x->space, y->space) ?: ORDER(x->start, y->start);
}

/*
 * Return the range that begins at merge->start. Ranges are identified by their
 * start, so if a program changes pages one after the other, each page is a
 * separate range. Return NULL if there is no memory.
 */
static struct protected *range_of(struct lint_protect *protect,
				  const struct merge_event *merge,
				  const struct space *space)
{
	const struct mapping *mapping = maps_find(&space->maps, merge->start);
	struct protected like = {
		.space = space->number, .start = merge->start,
		.rights = { RIGHTS_UNKNOWN, RIGHTS_UNKNOWN },
	};
	struct protected *range = tree_find(&protect->tree, &like, compare);

	if (range)
		return range;
	if (mapping)
		snprintf(like.name, sizeof(like.name), "%s", mapping->name);
	return tree_add(&protect->tree, &like, sizeof(like), compare);
}

/* ---- events ---- */

static bool is_by_protect(const struct merge_event *merge)
{
	return merge->cause == MMAPDEMO_CAUSE_CHANGE &&
	       merge->trigger == MMAPDEMO_TRIGGER_SYSCALL &&
	       (merge->nr == SYS_mprotect || merge->nr == SYS_pkey_mprotect);
}

/*
 * Return the access rights before the call. If the range was merged, the event
 * contains only the new flags, so return the rights that the previous call set.
 */
static __u64 rights_before(const struct protected *range,
			   const struct merge_event *merge)
{
	return merge->outcome ? range->rights[0] : merge->vm_flags & VM_RIGHTS;
}

/*
 * Count a call if it undoes the previous call. If the rights before the call
 * are not those that the previous call set, the range was mapped again between
 * the calls. If the rights before the previous call are unknown, assume that
 * the call restores these rights.
 */
static void count(struct protected *range, const struct merge_event *merge)
{
	__u64 before = rights_before(range, merge);
	__u64 after = merge->flags_wanted & VM_RIGHTS;
	bool same = before == range->rights[0] && before != RIGHTS_UNKNOWN;
	bool undone = same && (after == range->rights[1] ||
			       range->rights[1] == RIGHTS_UNKNOWN);

	if (same && after == before)
		return;
	range->pending = undone ? range->pending + 1 : 1;
	if (range->pending >= TO_AND_FRO || (undone && range->calls)) {
		range->calls += range->pending;
		range->pending = 0;
	}
	range->rights[0] = after;
	range->rights[1] = before;
}

int lint_protect_merge(struct lint_protect *protect, const struct event *event,
		       const struct space *space)
{
	const struct merge_event *merge = &event->merge;
	struct protected *range;

	if (!is_by_protect(merge))
		return 0;
	range = range_of(protect, merge, space);
	if (!range)
		return -ENOMEM;
	if (range->end < merge->end)
		range->end = merge->end;
	count(range, merge);
	protect->changes[event->tid % LINT_CHANGES] = (struct change){
		.tid = event->tid,
		.range = range,
	};
	return 0;
}

/*
 * mprotect() flushes the TLB after it has split and changed the VMA. The
 * flushes before the thread's next event belong to mprotect(). Flushes after
 * the start of the next event do not belong to mprotect(), because faults and
 * other calls flush the TLB, too. The event vma_unlink does not say when munmap()
 * began. If it is the next event, the first flush may be that of munmap(), and is
 * not counted.
 */
void lint_protect_follow(struct lint_protect *protect,
			 const struct event *event)
{
	struct change *change = &protect->changes[event->tid % LINT_CHANGES];

	if (!change->range || change->tid != event->tid ||
	    event->kind == MMAPDEMO_EVENT_VMA_SPLIT)
		return;
	if (event->kind == EVENT_FLUSH) {
		if (event->flush.reason < FLUSH_SEND && !change->flushes++)
			change->flushed = event->time;
		return;
	}
	change->tid = 0;
	if (event->kind == EVENT_LEAVE + EVENT_CALL_MPROTECT) {
		change->range->ended++;
		change->range->ns += event->call.duration;
		change->range->flushes += change->flushes != 0;
		return;
	}
	if (change->flushes && event_begin(event) > change->flushed &&
	    (event->kind != MMAPDEMO_EVENT_VMA_UNLINK || change->flushes > 1))
		change->range->flushes++;
}

/* ---- findings ---- */

/* Estimate the total time of the calls from the calls whose end was seen. */
static __u64 time_of(const struct protected *range)
{
	return range->ended ? range->ns / range->ended * range->calls : 0;
}

/** struct gathering - findings that are being collected; @err: 0 or -ENOMEM */
struct gathering {
	const struct lint_machine *machine;
	struct findings all;
	int err;
};

static void add(const void *node, VISIT which, void *data)
{
	const struct protected *range = *(struct protected *const *)node;
	bool code = (range->rights[0] | range->rights[1]) & VM_EXEC;
	struct gathering *gathering = data;
	struct finding finding = {
		.kind = FINDING_PINGPONG,
		.advice = code ? ADVICE_MAP_TWICE : ADVICE_PROTECTION_KEYS,
		.count = range->calls,
		.ns = time_of(range),
		.ranges = 1,
		.start = range->start,
		.end = range->end,
		.flushed = gathering->machine->flushes_known,
		.flushes = range->flushes < range->calls ? range->flushes :
							   range->calls,
	};

	if ((which != postorder && which != leaf) || !range->calls ||
	    gathering->err)
		return;
	snprintf(finding.name, sizeof(finding.name), "%s", range->name);
	gathering->err = findings_add(&gathering->all, &finding);
}

int lint_protect_findings(const struct lint_protect *protect,
			  const struct lint_machine *machine,
			  struct findings *findings)
{
	struct gathering gathering = { .machine = machine };

	twalk_r(protect->tree, add, &gathering);
	findings_group(&gathering.all);
	for (size_t i = 0; !gathering.err && i < gathering.all.count; i++) {
		const struct finding *finding = &gathering.all.list[i];

		if (finding->count >= PINGPONG_CHANGES)
			gathering.err = findings_add(findings, finding);
	}
	findings_free(&gathering.all);
	return gathering.err;
}

void lint_protect_free(struct lint_protect *protect)
{
	tdestroy(protect->tree, free);
	*protect = (struct lint_protect){ 0 };
}
