/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: blocks of which nearly all pages were touched in the same way.
 * No I/O.
 */
#ifndef _LINT_DENSE_H
#define _LINT_DENSE_H

#include "report/lint/page_block.h"

/**
 * struct dense - dense blocks
 * @faults: statistics of the faults
 * @pages: number of pages that the faults brought in
 * @start: first byte
 * @end: after the last byte
 */
struct dense {
	struct stats faults;
	__u64 pages;
	__u64 start;
	__u64 end;
};

/* Return true if @pages are nearly all of the @room pages. */
bool is_dense(__u64 pages, __u64 room);

/* Add the dense blocks of @more, which must not be below those of @dense. */
void dense_join(struct dense *dense, const struct dense *more);

/**
 * struct dense_run - adjacent dense blocks
 * @dense: the blocks
 * @before: number of the previous run, at lower addresses; 0: none
 */
struct dense_run {
	struct dense dense;
	size_t before;
};

/**
 * struct dense_runs - runs of all areas; all 0: none
 * @list: the runs; run number N is list[N - 1]
 * @count: number of runs
 * @room: capacity of @list
 * @err: 0 or -ENOMEM
 */
struct dense_runs {
	struct dense_run *list;
	size_t count;
	size_t room;
	int err;
};

/*
 * Add blocks that are above run number *@last (0: there is none). If they are
 * adjacent to this run, add them to it. Otherwise, begin a new run, and set
 * *@last to its number.
 */
void dense_runs_add(struct dense_runs *runs, const struct dense *more,
		    size_t *last);
void dense_runs_free(struct dense_runs *runs);

#endif /* _LINT_DENSE_H */
