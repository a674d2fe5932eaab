/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: blocks where nearly all pages were touched in the same way. No
 * input or output.
 */
#ifndef _LINT_DENSE_H
#define _LINT_DENSE_H

#include "report/lint/page_block.h"

/**
 * struct dense - dense blocks
 * @faults: number and duration of the faults
 * @pages: pages that the faults brought
 * @start: first byte
 * @end: after the last byte
 */
struct dense {
	struct stats faults;
	__u64 pages;
	__u64 start;
	__u64 end;
};

/* Return true if nearly all of @room pages are among @pages. */
bool is_dense(__u64 pages, __u64 room);

/* Add the dense blocks of @more, which are not below those of @dense. */
void dense_join(struct dense *dense, const struct dense *more);

/**
 * struct dense_run - adjacent dense blocks
 * @dense: the blocks
 * @before: number of the run before, which has lower addresses; 0: none
 */
struct dense_run {
	struct dense dense;
	size_t before;
};

/**
 * struct dense_runs - runs of all areas; all 0: none
 * @list: runs; run number N is list[N - 1]
 * @count: number of runs
 * @room: number of runs that fit into @list
 * @err: 0 or -ENOMEM
 */
struct dense_runs {
	struct dense_run *list;
	size_t count;
	size_t room;
	int err;
};

/*
 * Add blocks that are above those of run number *@last: to this run if they are
 * adjacent, otherwise to a new run, which becomes *@last. 0: there is no run.
 */
void dense_runs_add(struct dense_runs *runs, const struct dense *more,
		    size_t *last);
void dense_runs_free(struct dense_runs *runs);

#endif /* _LINT_DENSE_H */
