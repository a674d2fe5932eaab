/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMAs of a process with all that mmapdemo maps tells of them. */
#ifndef _LISTING_H
#define _LISTING_H

#include "base/line.h"
#include "inspect/border.h"
#include "inspect/vma_faults.h"
#include "system/walk.h"

enum listing_column {
	LISTING_SIZE, LISTING_RESIDENT, LISTING_SHARED, LISTING_SWAPPED,
	LISTING_HUGE, LISTING_TABLES, LISTING_FAULTS, LISTING_COLUMNS
};

/** struct listing_amounts - of a VMA, or of all: bytes, but for faults */
struct listing_amounts {
	__u64 of[LISTING_COLUMNS];
};

/**
 * struct listing - of one process
 * @pid: it
 * @vmas: its
 * @borders: where two of them touch
 * @amounts: one for each VMA, and one for faults of what is no VMA any more
 * @sum: of them
 * @watched: faults were counted
 * @tally: then: them
 * @walk: of the page tables
 * @walk_err: 0, or why page tables are not known: -errno
 */
struct listing {
	int pid;
	struct vmas vmas;
	struct borders borders;
	struct listing_amounts *amounts;
	struct listing_amounts sum;
	bool watched;
	struct tally tally;
	struct walk walk;
	int walk_err;
};

/* All return 0 or -errno. */

/* What is there now, of @listing->pid. */
int listing_read(struct listing *listing);
void listing_free(struct listing *listing);

/* A line for each, and what is missing. */
int listing_text(const struct listing *listing, const struct style *style);

/* An object for each, and one of the sums. */
int listing_json(const struct listing *listing);

/* The place where VMA @i touches the one below; NULL: there is a hole. */
const struct border *listing_border(const struct listing *listing, size_t i,
				    size_t *next);

#endif /* _LISTING_H */
