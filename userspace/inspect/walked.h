/* SPDX-License-Identifier: GPL-2.0-only */
/* What a walk of page tables found, as text and as JSON. */
#ifndef _WALKED_H
#define _WALKED_H

#include "base/line.h"
#include "system/next_touch.h"
#include "system/walk.h"

#include <stdbool.h>

enum walked_view {
	WALKED_ADDRESS,		/* an address, level by level */
	WALKED_RANGE,		/* every run of pages */
	WALKED_TREE,		/* and the tables, each above what is in it */
	WALKED_ALL,		/* how many of what */
};

/** struct walked_level - what there is of a level */
struct walked_level {
	__u64 tables;
	__u64 leaves;
	__u64 empty_of_page;	/* leaves without a page: swapped out ... */
};

#define WALKED_LEVELS 5

/**
 * struct walked - what was found
 * @view: what of it is to be told
 * @style: how
 * @walk: what was looked at
 * @why: only the pages are known, in words why; NULL: all of it
 * @address: that is asked for, with WALKED_ADDRESS
 * @next: what becomes of a touch of it, if it has no page
 * @found: its entry of each level, PGD first
 * @levels: PGD first
 * @bytes: mapped
 */
struct walked {
	enum walked_view view;
	struct style style;
	struct walk walk;
	const char *why;
	__u64 address;
	enum next_touch next;
	struct mmapdemo_run found[WALKED_LEVELS];
	struct walked_level levels[WALKED_LEVELS];
	__u64 bytes;
};

/* The next run. */
void walked_add(struct walked *walked, const struct mmapdemo_run *run);

/* The place of a level in lists that begin with PGD. */
int walked_index(__u32 level);

static inline bool walked_leaf(const struct mmapdemo_run *run)
{
	return !(run->entry & MMAPDEMO_ENTRY_TABLE);
}

/* The leaf of the address, or NULL. */
const struct mmapdemo_run *walked_leaf_of(const struct walked *walked);

/* The physical address, 0: there is none, or it may not be known. */
__u64 walked_physical(const struct walked *walked);

/* Page tables, the PGD included. */
__u64 walked_tables(const struct walked *walked);

/* All return 0 or -errno: a run, while it walks; and the rest, behind. */
int walked_text_run(const struct walked *walked,
		    const struct mmapdemo_run *run);
int walked_text(const struct walked *walked);
int walked_json_begin(const struct walked *walked);
int walked_json_run(const struct walked *walked,
		    const struct mmapdemo_run *run);
int walked_json(const struct walked *walked);

#endif /* _WALKED_H */
