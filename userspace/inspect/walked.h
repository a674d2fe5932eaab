/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of a walk of the page tables, as text and as JSON. */
#ifndef _WALKED_H
#define _WALKED_H

#include "base/line.h"
#include "system/next_touch.h"
#include "system/walk.h"

#include <stdbool.h>

enum walked_view {
	WALKED_ADDRESS,		/* show one address, level by level */
	WALKED_RANGE,		/* show every run of pages */
	WALKED_TREE,		/* show a tree of tables and entries */
	WALKED_ALL,		/* show totals of each level */
};

/** struct walked_level - numbers of entries at a level of the page tables */
struct walked_level {
	__u64 tables;
	__u64 leaves;
	__u64 empty_of_page;	/* leaf entries without a page (swapped out ...) */
};

#define WALKED_LEVELS 5

/**
 * struct walked - results of a walk
 * @view: what to print
 * @style: style of the lines
 * @walk: the page tables
 * @why: reason why the page tables are unknown, as text; NULL: the page tables
 *	are known
 * @address: the address to show, for WALKED_ADDRESS
 * @next: what the next access to @address will do, if there is no page at
 *	@address
 * @found: for WALKED_ADDRESS: the entry of @address at each level, PGD first
 * @levels: totals of each level, PGD first
 * @bytes: number of mapped bytes
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

/* Add a run to the results. */
void walked_add(struct walked *walked, const struct mmapdemo_run *run);

/* Return the index of a level in lists whose first entry is the PGD. */
int walked_index(__u32 level);

static inline bool walked_leaf(const struct mmapdemo_run *run)
{
	return !(run->entry & MMAPDEMO_ENTRY_TABLE);
}

/* Return the leaf entry of @walked->address, or NULL if there is none. */
const struct mmapdemo_run *walked_leaf_of(const struct walked *walked);

/*
 * Return the physical address of @walked->address. Return 0 if no page is in
 * memory, or if the kernel hides the physical address from the caller.
 */
__u64 walked_physical(const struct walked *walked);

/* Return the number of page tables, including the PGD. */
__u64 walked_tables(const struct walked *walked);

/*
 * Before the walk, call walked_json_begin() for JSON. During the walk, print
 * each run with walked_text_run() or walked_json_run(). After the walk, print
 * the rest with walked_text() or walked_json(). The functions for text and JSON
 * return 0 or -errno.
 */
int walked_text_run(const struct walked *walked,
		    const struct mmapdemo_run *run);
int walked_text(const struct walked *walked);
int walked_json_begin(const struct walked *walked);
int walked_json_run(const struct walked *walked,
		    const struct mmapdemo_run *run);
int walked_json(const struct walked *walked);

#endif /* _WALKED_H */
