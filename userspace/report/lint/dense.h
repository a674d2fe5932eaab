/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: dense blocks, in which nearly all pages were touched in the
 * same way. This code does no I/O.
 */
#ifndef _LINT_DENSE_H
#define _LINT_DENSE_H

#include "report/lint/page_block.h"

/**
 * struct dense - statistics and range of several dense blocks
 * @faults: statistics of the faults
 * @pages: number of pages that the faults brought in
 * @start: address of the first byte of the first block
 * @end: address after the last byte of the last block
 */
struct dense {
	struct stats faults;
	__u64 pages;
	__u64 start;
	__u64 end;
};

/* Return true if @pages is nearly as large as @room, the number of all pages. */
bool is_dense(__u64 pages, __u64 room);

/*
 * Add the blocks of @more to @dense. The blocks of @more must not be below the
 * blocks of @dense.
 */
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
 * struct dense_runs - runs of adjacent dense blocks, of all areas; if zeroed,
 * there are none
 * @list: the runs. Run number N is list[N - 1]
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
 * Add blocks that are above run number *@last. If *@last is 0, there is no run
 * below. If the new blocks are adjacent to this run, add the blocks to the run.
 * Otherwise, begin a new run, and set *@last to the number of the new run.
 */
void dense_runs_add(struct dense_runs *runs, const struct dense *more,
		    size_t *last);
void dense_runs_free(struct dense_runs *runs);

#endif /* _LINT_DENSE_H */
