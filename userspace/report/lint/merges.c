// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/merges.h"
#include "event/vm_flags.h"

#include <errno.h>

/* Minimum number of pairs for a finding. */
#define ALMOST_MERGES 16

/*
 * Flags that neither change the access rights, nor decide which memory a child
 * inherits. A program could set the same flags, for example by madvise() or
 * mlock(), for all its memory.
 */
#define VM_ADVICE (VM_LOCKED | VM_SEQ_READ | VM_RAND_READ | VM_LOCKONFAULT | \
		   VM_ACCOUNT | VM_NORESERVE | VM_DONTDUMP | VM_HUGEPAGE | \
		   VM_NOHUGEPAGE | VM_MERGEABLE)

/* ---- events ---- */

/*
 * Return true if the only obstacle to the merge is a property that the program
 * could avoid, such as an madvise() flag or the anon_vma.
 */
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

/*
 * Return true if the difference comes from RELRO, which makes a writable
 * private file mapping read-only. Such a mapping keeps VM_ACCOUNT.
 */
static bool is_relro(const struct merge_event *merge, __u64 flags,
		     const struct space *space)
{
	const struct mapping *mapping = maps_find(&space->maps, merge->start);

	return flags == VM_ACCOUNT && mapping && mapping->ino;
}

/*
 * Return the flags that differ. If a part of a VMA changes, the rest of the VMA
 * keeps the old flags.
 */
static __u64 difference(const struct merge_event *merge, __u32 reason,
			__u64 flags)
{
	return reason == MMAPDEMO_REASON_INSIDE ?
	       merge->vm_flags ^ merge->flags_wanted : flags;
}

/*
 * Record a pair of VMAs. The cause consists of the reason, the call, and the
 * flags that differ.
 */
static int see_side(struct lint_merges *pairs,
		    const struct merge_event *merge,
		    const struct space *space, __u64 address, __u32 reason,
		    __u64 flags)
{
	const bool inside = reason == MMAPDEMO_REASON_INSIDE;
	struct key cause = { { inside ? MMAPDEMO_REASON_FLAGS : reason } };

	flags = difference(merge, reason, flags);
	if (cause.parts[0] == MMAPDEMO_REASON_FLAGS)
		cause.parts[1] = flags;
	cause.parts[2] = merge->trigger == MMAPDEMO_TRIGGER_SYSCALL ?
			 merge->nr : -1;
	boundaries_remove(&pairs->boundaries, space->number, address, address);
	if (!is_almost(reason, flags) || is_relro(merge, flags, space))
		return 0;
	return boundaries_add(&pairs->boundaries, space->number, address,
			      &cause) ? 0 : -ENOMEM;
}

/*
 * Return true if the neighbour on one side was not merged, and the boundary on
 * that side was not moved.
 */
static bool is_apart(const struct merge_event *merge, __u32 side, __u32 reason)
{
	return !(merge->outcome & side) &&
	       !(merge->outcome && reason == MMAPDEMO_REASON_INSIDE);
}

int lint_merges_merge(struct lint_merges *pairs,
		      const struct merge_event *merge,
		      const struct space *space)
{
	int err = boundaries_merge(&pairs->boundaries, space->number, merge);

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
	boundaries_remove(&pairs->boundaries, space->number, unlink->start,
			  unlink->end);
}

/* ---- findings ---- */

static struct finding finding_of(const struct row *row)
{
	bool dontfork = row->key.parts[1] == VM_DONTCOPY;

	return (struct finding){
		.kind = dontfork ? FINDING_DONTFORK : FINDING_ALMOST,
		.advice = dontfork ? ADVICE_DOFORK : ADVICE_SAME,
		.count = row->live,
		.reason = row->key.parts[0],
		.flags = row->key.parts[1],
		.nr = row->key.parts[2],
	};
}

int lint_merges_findings(const struct lint_merges *pairs,
			 struct findings *findings)
{
	const struct table *causes = &pairs->boundaries.causes;
	int err = 0;

	for (size_t i = 0; !err && i < causes->count; i++) {
		struct finding finding = finding_of(&causes->rows[i]);

		if (finding.count >= ALMOST_MERGES)
			err = findings_add(findings, &finding);
	}
	return err;
}

void lint_merges_free(struct lint_merges *pairs)
{
	boundaries_free(&pairs->boundaries);
}
