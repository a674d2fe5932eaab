/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boundaries. A boundary is an address where a VMA begins. The caller chooses a
 * key as the cause of each boundary. When VMAs are removed or merged,
 * boundaries are removed or moved.
 */
#ifndef _BOUNDARIES_H
#define _BOUNDARIES_H

#include "base/stats.h"
#include "event/event.h"

/**
 * struct boundaries - all boundaries; if zeroed, there are none
 * @tree: the boundaries that currently exist
 * @causes: one row for each cause. stats.count is the number of boundaries that
 *	were added for the cause, live is the number of these boundaries that
 *	currently exist, and stats.max is the highest value of live so far
 */
struct boundaries {
	void *tree;
	struct table causes;
};

/*
 * Add a boundary at @address in the address space number @space. Replace any
 * other boundary at @address. Return the row of @cause, which is valid until
 * another boundary is added. Return NULL if there is no memory.
 */
struct row *boundaries_add(struct boundaries *boundaries, __u32 space,
			   __u64 address, const struct key *cause);

/* Remove the boundaries from @first to @last inclusive. */
void boundaries_remove(struct boundaries *boundaries, __u32 space,
		       __u64 first, __u64 last);

/* Move the boundary at @from, if there is one, to @to. Return 0 or -ENOMEM. */
int boundaries_move(struct boundaries *boundaries, __u32 space, __u64 from,
		    __u64 to);

/*
 * Apply a merge to the boundaries. Move the boundary that the merge has moved,
 * and remove the boundaries inside the merged VMA. Return 0 or -ENOMEM.
 */
int boundaries_merge(struct boundaries *boundaries, __u32 space,
		     const struct merge_event *merge);

void boundaries_free(struct boundaries *boundaries);

#endif /* _BOUNDARIES_H */
