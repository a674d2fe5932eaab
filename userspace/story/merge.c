// SPDX-License-Identifier: GPL-2.0-only
/* Output of a vma_merge event: the result, and why a neighbour was not extended. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <unistd.h>

typedef unsigned long long ull;

/* A neighbour of the range of a vma_merge event. */
struct side {
	const char *where;
	bool there;
	bool merged;
	__u64 address;	/* an address inside the neighbour */
	__u32 reason;
	__u64 flags_diff;
	__u64 pgoff;	/* offset of the range, in pages, that would allow a merge */
};

static struct side side_below(const struct merge_event *merge)
{
	return (struct side) {
		.where = "below",
		.there = merge->prev_end,
		.merged = merge->outcome & MMAPDEMO_MERGE_PREV,
		.address = merge->start - 1,
		.reason = merge->reason_prev,
		.flags_diff = merge->flags_diff_prev,
		.pgoff = merge->pgoff_prev,
	};
}

static struct side side_above(const struct merge_event *merge)
{
	__u64 length = merge->end - merge->start;

	return (struct side) {
		.where = "above",
		.there = merge->next_end,
		.merged = merge->outcome & MMAPDEMO_MERGE_NEXT,
		.address = merge->end,
		.reason = merge->reason_next,
		.flags_diff = merge->flags_diff_next,
		.pgoff = merge->pgoff_next - length / sysconf(_SC_PAGESIZE),
	};
}

void add_owner(struct line *line, const struct space *space, __u64 address)
{
	const struct mapping *mapping = maps_find(&space->maps, address);

	if (!mapping)
		line_add(line, DIM, "unknown memory");
	else
		line_add(line, PLAIN, "%s", mapping->name[0] ? mapping->name :
			 mapping->ino ? "a file" : "anonymous memory");
}

void add_flag_names(struct line *line, const struct name *name, __u64 flags)
{
	for (; name->name; name++) {
		if (!(flags & name->value))
			continue;
		line_add(line, YELLOW, " %s", flag_word(name));
		flags &= ~name->value;
	}
	if (flags)
		line_add(line, YELLOW, " %#llx", (ull)flags);
}

static const char *const reasons[MMAPDEMO_REASON_COUNT] = {
	[MMAPDEMO_REASON_UNKNOWN] = "unknown reason",
	[MMAPDEMO_REASON_MERGED] = "merged",
	[MMAPDEMO_REASON_NOT_TRIED] = "not tried by the kernel",
	[MMAPDEMO_REASON_SPECIAL] = "the range is special (VM_SPECIAL), and never merged",
	[MMAPDEMO_REASON_NO_NEIGHBOUR] = "no neighbour",
	[MMAPDEMO_REASON_INSIDE] = "the range is a part of this VMA",
	[MMAPDEMO_REASON_POLICY] = "the NUMA policies differ",
	[MMAPDEMO_REASON_FLAGS] = "the flags differ",
	[MMAPDEMO_REASON_FILE] = "not the same open file",
	[MMAPDEMO_REASON_CLOSE] = "a VMA has vm_ops->close",
	[MMAPDEMO_REASON_UFFD] = "the userfaultfds differ",
	[MMAPDEMO_REASON_ANON_NAME] = "the names differ",
	[MMAPDEMO_REASON_ANON_VMA] = "touched separately: the anon_vmas differ",
	[MMAPDEMO_REASON_FAULTED] = "the neighbour has no anon_vma yet, but "
		"the range has one",
	[MMAPDEMO_REASON_FORKED] = "fork copied one of the VMAs, whose pages "
		"may be shared",
	[MMAPDEMO_REASON_PGOFF] = "the offsets are not contiguous",
	[MMAPDEMO_REASON_OTHER_SIDE] = "cannot be merged together with the "
		"other neighbour",
	[MMAPDEMO_REASON_ANON_PGOFF] = "the offsets of private pages are not "
		"contiguous",
};

const char *reason_text(__u32 reason)
{
	return reason < MMAPDEMO_REASON_COUNT ? reasons[reason] : "?";
}

static void add_reason(struct line *line, const struct merge_event *merge,
		       const struct side *side)
{
	__u64 page = sysconf(_SC_PAGESIZE);

	line_add(line, PLAIN, "%s", reason_text(side->reason));
	if (side->reason == MMAPDEMO_REASON_FLAGS) {
		line_add(line, PLAIN, ":");
		add_flag_names(line, names_vm_flags, side->flags_diff);
	} else if (side->reason == MMAPDEMO_REASON_PGOFF) {
		line_add(line, PLAIN, ":");
		line_add(line, YELLOW, " %#llx, ", (ull)(merge->pgoff * page));
		if ((__s64)side->pgoff < 0)
			line_add(line, YELLOW, "the VMA above begins at %#llx",
				 (ull)(merge->pgoff_next * page));
		else
			line_add(line, YELLOW, "expected %#llx",
				 (ull)(side->pgoff * page));
	}
}

void add_refusal(struct line *line, const struct merge_event *merge, bool below)
{
	struct side side = below ? side_below(merge) : side_above(merge);

	add_reason(line, merge, &side);
}

/* Add a reason such as "; libc.so.6 below: not the same open file". */
static void add_side(struct line *line, const struct space *space,
		     const struct merge_event *merge, const struct side *side,
		     const char *before)
{
	line_add(line, PLAIN, "%s", before);
	add_owner(line, space, side->address);
	line_add(line, PLAIN, " %s: ", side->where);
	add_reason(line, merge, side);
}

static bool worth_showing(const struct side *side)
{
	return merge_has_neighbour(side->there, side->reason) && !side->merged;
}

/* For each existing neighbour, add the reason why the neighbour was not extended. */
static void add_sides(struct line *line, const struct space *space,
		      const struct merge_event *merge)
{
	struct side below = side_below(merge), above = side_above(merge);

	if (worth_showing(&below))
		add_side(line, space, merge, &below, "; ");
	if (worth_showing(&above))
		add_side(line, space, merge, &above, "; ");
}

/*
 * Add the result if a VMA, or a part of a VMA, was changed and was not merged.
 */
static void add_unmerged_change(struct line *line,
				const struct merge_event *merge)
{
	if (merge->ret)
		line_add(line, RED, "none, and the call failed");
	else if (merge->result_start == merge->start &&
		 merge->result_end == merge->end)
		line_add(line, PLAIN, "none; the whole VMA changes");
	else
		line_add(line, PLAIN, "none; a part of " RANGE
			 " changes, so the VMA will be split",
			 (ull)merge->result_start,
			 (ull)merge->result_end);
}

/*
 * Add the result for a range that was not merged with any neighbour. If both
 * neighbours begin at the same address, they were one VMA, and the range was
 * cut out of this VMA.
 */
static void add_unmerged(struct line *line, const struct space *space,
			 const struct merge_event *merge)
{
	line_add(line, merge->ret ? RED : PLAIN, merge->ret ?
		 "none, and the call failed" : "none");
	if (!merge->prev_end && !merge->next_end)
		line_add(line, PLAIN, "; no VMA is adjacent to the range");
	if (merge->prev_end && merge->prev_start == merge->next_start) {
		line_add(line, PLAIN, "; the range was cut out of " RANGE " ",
			 (ull)merge->prev_start, (ull)merge->prev_end);
		add_owner(line, space, merge->prev_start);
	}
}

void add_merge(const struct story *story, struct line *line,
	       const struct space *space, const struct merge_event *merge)
{
	static const char *const with[] = {
		"", "with the VMA below", "with the VMA above",
		"with the VMAs below and above"
	};

	if (!merge->outcome && merge->cause == MMAPDEMO_CAUSE_CHANGE) {
		add_unmerged_change(line, merge);
	} else if (!merge->outcome) {
		add_unmerged(line, space, merge);
	} else {
		line_add(line, GREEN, "%s", with[merge->outcome & 3]);
		line_add(line, PLAIN, " %s " RANGE, story->style.glyphs->arrow,
			 (ull)merge->result_start, (ull)merge->result_end);
	}
	add_sides(line, space, merge);
}
