/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boundaries between VMAs, each with its cause: where a VMA begins. A boundary is
 * removed or moves when VMAs are removed or merged.
 */
#ifndef _BOUNDARIES_H
#define _BOUNDARIES_H

#include "base/stats.h"
#include "event/event.h"

/**
 * struct boundaries - all boundaries; all 0: none
 * @tree: the boundaries that are there
 * @causes: a row for each cause. stats.count is the number of boundaries that were
 *	added, live of those that are there, stats.max the largest number that were
 *	there at the same time
 */
struct boundaries {
	void *tree;
	struct table causes;
};

/*
 * Add a boundary at @address in the address space number @space, instead of the one
 * there. Return the row of @cause, valid until the next call. NULL: no memory.
 */
struct row *boundaries_add(struct boundaries *boundaries, __u32 space,
			   __u64 address, const struct key *cause);

/* Remove the boundaries from @first to @last, both included. */
void boundaries_remove(struct boundaries *boundaries, __u32 space,
		       __u64 first, __u64 last);

/* Move the boundary at @from to @to, if there is one. Return 0 or -ENOMEM. */
int boundaries_move(struct boundaries *boundaries, __u32 space, __u64 from,
		    __u64 to);

/*
 * Apply a merge: remove what is inside its result now, and move what it moved. Return 0
 * or -ENOMEM.
 */
int boundaries_merge(struct boundaries *boundaries, __u32 space,
		     const struct merge_event *merge);

void boundaries_free(struct boundaries *boundaries);

#endif /* _BOUNDARIES_H */
