// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/merges.h"
#include "base/stats.h"
#include "event/vm_flags.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

/* Minimum number of pairs for a finding. */
#define ALMOST_MERGES 16

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

/*
 * Flags that advice sets, or that the kernel sets by itself. They change
 * neither the access rights nor what a child inherits: all memory may have the
 * same of these flags.
 */
#define VM_ADVICE (VM_LOCKED | VM_SEQ_READ | VM_RAND_READ | VM_LOCKONFAULT | \
		   VM_ACCOUNT | VM_NORESERVE | VM_DONTDUMP | VM_HUGEPAGE | \
		   VM_NOHUGEPAGE | VM_MERGEABLE)

/**
 * struct neighbours - a pair of adjacent VMAs that could be one VMA
 * @space: number of the address space
 * @address: where the upper VMA begins
 * @last: equal to @address; in a search key, the last address to search
 * @reason: why the VMAs were not merged, enum mmapdemo_reason
 * @flags: VM_* flags that differ, if these are the reason
 * @nr: the system call in which the VMAs were not merged; -1: none
 */
struct neighbours {
	__u32 space;
	__u64 address;
	__u64 last;
	__u32 reason;
	__u64 flags;
	__s64 nr;
};

static int compare(const void *a, const void *b)
{
	const struct neighbours *x = a, *y = b;

	if (x->space != y->space)
		return ORDER(x->space, y->space);
	return x->last < y->address ? -1 : x->address > y->last;
}

/* ---- the tree ---- */

/* Remove and return a pair from @first to @last, both included, or NULL. */
static struct neighbours *take(struct lint_merges *pairs, __u32 space,
			       __u64 first, __u64 last)
{
	const struct neighbours like = {
		.space = space, .address = first, .last = last,
	};
	struct neighbours **found = tfind(&like, &pairs->tree, compare);
	struct neighbours *pair = found ? *found : NULL;

	if (pair)
		tdelete(pair, &pairs->tree, compare);
	return pair;
}

static void forget(struct lint_merges *pairs, __u32 space, __u64 first,
		   __u64 last)
{
	struct neighbours *pair;

	while (first <= last && (pair = take(pairs, space, first, last)))
		free(pair);
}

static int put(struct lint_merges *pairs, const struct neighbours *like)
{
	struct neighbours *pair = malloc(sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	*pair = *like;
	pair->last = pair->address;
	if (tsearch(pair, &pairs->tree, compare))
		return 0;
	free(pair);
	return -ENOMEM;
}

/* ---- events ---- */

/* Return true if only advice or the pages' anon_vma prevents the merge. */
static bool is_almost(__u32 reason, __u64 flags)
{
	switch (reason) {
	case MMAPDEMO_REASON_INSIDE:
	case MMAPDEMO_REASON_FLAGS:
		return flags == VM_DONTCOPY ||
		       (flags && !(flags & ~(__u64)VM_ADVICE));
	case MMAPDEMO_REASON_POLICY:
	case MMAPDEMO_REASON_UFFD:
	case MMAPDEMO_REASON_ANON_NAME:
	case MMAPDEMO_REASON_ANON_VMA:
	case MMAPDEMO_REASON_FAULTED:
		return true;
	default:
		return false;
	}
}

/* A private file mapping keeps VM_ACCOUNT after it was writable (RELRO). */
static bool is_relro(const struct merge_event *merge, __u64 flags,
		     const struct space *space)
{
	const struct mapping *mapping = maps_find(&space->maps, merge->start);

	return flags == VM_ACCOUNT && mapping && mapping->ino;
}

/* If a VMA changes in part, the rest of the VMA keeps the old flags. */
static __u64 difference(const struct merge_event *merge, __u32 reason,
			__u64 flags)
{
	return reason == MMAPDEMO_REASON_INSIDE ?
	       merge->vm_flags ^ merge->flags_wanted : flags;
}

static int see_side(struct lint_merges *pairs,
		    const struct merge_event *merge,
		    const struct space *space, __u64 address, __u32 reason,
		    __u64 flags)
{
	struct neighbours pair = {
		.space = space->number,
		.address = address,
		.reason = reason,
		.nr = merge->trigger == MMAPDEMO_TRIGGER_SYSCALL ? merge->nr :
								   -1,
	};

	flags = difference(merge, reason, flags);
	if (reason == MMAPDEMO_REASON_INSIDE)
		pair.reason = MMAPDEMO_REASON_FLAGS;
	if (pair.reason == MMAPDEMO_REASON_FLAGS)
		pair.flags = flags;
	forget(pairs, space->number, address, address);
	return is_almost(reason, flags) && !is_relro(merge, flags, space) ?
	       put(pairs, &pair) : 0;
}

/* Move a pair from @from to @to: one VMA was extended into the other. */
static int move(struct lint_merges *pairs, __u32 space, __u64 from, __u64 to)
{
	struct neighbours *pair = take(pairs, space, from, from);
	int err = 0;

	if (!pair)
		return 0;
	pair->address = to;
	forget(pairs, space, to, to);
	err = put(pairs, pair);
	free(pair);
	return err;
}

static int see_change(struct lint_merges *pairs,
		      const struct merge_event *merge, __u32 space)
{
	if (merge->outcome == MMAPDEMO_MERGE_PREV &&
	    merge->reason_next == MMAPDEMO_REASON_INSIDE)
		return move(pairs, space, merge->start, merge->end);
	if (merge->outcome == MMAPDEMO_MERGE_NEXT &&
	    merge->reason_prev == MMAPDEMO_REASON_INSIDE)
		return move(pairs, space, merge->end, merge->start);
	return 0;
}

/* Return true if the side was not merged, and its pair was not moved. */
static bool is_apart(const struct merge_event *merge, __u32 side, __u32 reason)
{
	return !(merge->outcome & side) &&
	       !(merge->outcome && reason == MMAPDEMO_REASON_INSIDE);
}

int lint_merges_merge(struct lint_merges *pairs,
		      const struct merge_event *merge,
		      const struct space *space)
{
	int err = see_change(pairs, merge, space->number);

	if (merge->outcome)
		forget(pairs, space->number, merge->result_start + 1,
		       merge->result_end - 1);
	if (!err && is_apart(merge, MMAPDEMO_MERGE_PREV, merge->reason_prev))
		err = see_side(pairs, merge, space, merge->start,
			       merge->reason_prev, merge->flags_diff_prev);
	if (!err && is_apart(merge, MMAPDEMO_MERGE_NEXT, merge->reason_next))
		err = see_side(pairs, merge, space, merge->end,
			       merge->reason_next, merge->flags_diff_next);
	return err;
}

void lint_merges_unlink(struct lint_merges *pairs,
			const struct unlink_event *unlink,
			const struct space *space)
{
	forget(pairs, space->number, unlink->start, unlink->end);
}

/* ---- findings ---- */

/** struct counting - number of pairs by cause; @err: 0 or -ENOMEM */
struct counting {
	struct table causes;
	int err;
};

static void count(const void *node, VISIT which, void *data)
{
	const struct neighbours *pair = *(struct neighbours *const *)node;
	const struct key cause = {
		{ pair->reason, pair->flags, pair->nr }
	};
	struct counting *counting = data;
	struct row *row;

	if (which != postorder && which != leaf)
		return;
	row = table_row(&counting->causes, &cause);
	if (row)
		row->stats.count++;
	else
		counting->err = -ENOMEM;
}

static struct finding finding_of(const struct row *row)
{
	bool dontfork = row->key.parts[1] == VM_DONTCOPY;

	return (struct finding){
		.kind = dontfork ? FINDING_DONTFORK : FINDING_ALMOST,
		.advice = dontfork ? ADVICE_DOFORK : ADVICE_SAME,
		.count = row->stats.count,
		.reason = row->key.parts[0],
		.flags = row->key.parts[1],
		.nr = row->key.parts[2],
	};
}

int lint_merges_findings(const struct lint_merges *pairs,
			 struct findings *findings)
{
	struct counting counting = { 0 };

	twalk_r(pairs->tree, count, &counting);
	for (size_t i = 0; !counting.err && i < counting.causes.count; i++) {
		struct finding finding = finding_of(&counting.causes.rows[i]);

		if (finding.count >= ALMOST_MERGES)
			counting.err = findings_add(findings, &finding);
	}
	table_free(&counting.causes);
	return counting.err;
}

void lint_merges_free(struct lint_merges *pairs)
{
	tdestroy(pairs->tree, free);
	*pairs = (struct lint_merges){ 0 };
}
