// SPDX-License-Identifier: GPL-2.0-only
#include "report/boundaries.h"
#include "base/order.h"
#include "base/tree.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

/**
 * struct boundary - where a VMA begins
 * @space: number of the address space
 * @address: address of the first byte of the VMA
 * @last: in a search key, the last address to search; otherwise equal to
 *	@address
 * @cause: row number of the cause
 */
struct boundary {
	__u32 space;
	__u64 address;
	__u64 last;
	size_t cause;
};

static int compare(const void *a, const void *b)
{
	const struct boundary *x = a, *y = b;

	if (x->space != y->space)
		return ORDER(x->space, y->space);
	return x->last < y->address ? -1 : x->address > y->last;
}

/*
 * Remove one of the boundaries from @first to @last inclusive, and return the
 * removed boundary. Return NULL if there is none.
 */
static struct boundary *take(struct boundaries *boundaries, __u32 space,
			     __u64 first, __u64 last)
{
	const struct boundary like = {
		.space = space, .address = first, .last = last,
	};
	struct boundary *boundary = tree_find(&boundaries->tree, &like, compare);

	if (boundary)
		tdelete(boundary, &boundaries->tree, compare);
	return boundary;
}

void boundaries_remove(struct boundaries *boundaries, __u32 space,
		       __u64 first, __u64 last)
{
	struct boundary *boundary;

	while (first <= last &&
	       (boundary = take(boundaries, space, first, last))) {
		boundaries->causes.rows[boundary->cause].live--;
		free(boundary);
	}
}

struct row *boundaries_add(struct boundaries *boundaries, __u32 space,
			   __u64 address, const struct key *cause)
{
	struct row *row = table_row(&boundaries->causes, cause);
	struct boundary boundary = { space, address, address, 0 };

	if (!row)
		return NULL;
	boundaries_remove(boundaries, space, address, address);
	boundary.cause = row - boundaries->causes.rows;
	if (!tree_add(&boundaries->tree, &boundary, sizeof(boundary), compare))
		return NULL;
	row->stats.count++;
	if (++row->live > row->stats.max)
		row->stats.max = row->live;
	return row;
}

int boundaries_move(struct boundaries *boundaries, __u32 space, __u64 from,
		    __u64 to)
{
	struct boundary *boundary = take(boundaries, space, from, from);

	if (!boundary)
		return 0;
	boundaries_remove(boundaries, space, to, to);
	boundary->address = to;
	boundary->last = to;
	if (tsearch(boundary, &boundaries->tree, compare))
		return 0;
	boundaries->causes.rows[boundary->cause].live--;
	free(boundary);
	return -ENOMEM;
}

/*
 * Move the boundary that a merge moves. A merge moves a boundary if a changed
 * part of a VMA becomes part of the adjacent VMA, or if a VMA is extended
 * downwards.
 */
static int move_merged(struct boundaries *boundaries, __u32 space,
		       const struct merge_event *merge)
{
	if (merge->outcome == MMAPDEMO_MERGE_PREV &&
	    merge->reason_next == MMAPDEMO_REASON_INSIDE)
		return boundaries_move(boundaries, space, merge->start,
				       merge->end);
	if (merge->outcome == MMAPDEMO_MERGE_NEXT)
		return boundaries_move(boundaries, space, merge->end,
				       merge->start);
	return 0;
}

int boundaries_merge(struct boundaries *boundaries, __u32 space,
		     const struct merge_event *merge)
{
	int err = move_merged(boundaries, space, merge);

	if (merge->outcome)
		boundaries_remove(boundaries, space, merge->result_start + 1,
				  merge->result_end - 1);
	return err;
}

void boundaries_free(struct boundaries *boundaries)
{
	tdestroy(boundaries->tree, free);
	table_free(&boundaries->causes);
	*boundaries = (struct boundaries){ 0 };
}
