/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: page faults on pages that are touched one by one, touched again
 * after they were taken away, stored to after a load, or waited for. No input
 * or output.
 */
#ifndef _LINT_TOUCH_H
#define _LINT_TOUCH_H

#include "report/lint/dense.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/* What took away pages that were touched again. */
enum taker {
	TAKER_MADVISE,
	TAKER_BRK,
	TAKER_MUNMAP,
	TAKER_OTHER,
	TAKER_UNKNOWN,
	TAKERS
};

#define PIECE_SHIFT 24

/**
 * struct touches - faults of an area
 * @low: first page that a fault mapped
 * @high: after the last page that a fault mapped
 * @again: touches of pages that were present before, by enum taker
 * @nr: the system calls that took the pages away, by enum taker
 * @majors: faults that waited for the file
 * @pieces: number of mmap() calls whose pages were touched, in units of
 *	1 / (1 << PIECE_SHIFT): each page adds its share of the call
 * @small: number of huge pages that the kernel could have mapped, but did not
 * @dense: all dense blocks, by enum page_use; set by lint_touch_findings()
 * @run: number of runs up to the last one, by enum page_use; 0: none
 * @pages: pages touched again; set by lint_touch_findings()
 */
struct touches {
	__u64 low;
	__u64 high;
	struct stats again[TAKERS];
	__s64 nr[TAKERS];
	struct stats majors;
	__u64 pieces;
	__u64 small;
	struct dense dense[USES];
	size_t run[USES];
	__u64 pages;
};

/**
 * struct lint_touch - all 0: nothing yet
 * @areas: all areas
 * @blocks: pages of all areas
 * @runs: dense blocks; set by lint_touch_findings()
 * @sharers: one row for each piece of shared memory: as majors the number of an
 *	address space that touched it, plus 1; count is 0 if there was no other;
 *	set by lint_touch_findings()
 * @list: indexed by area.id
 * @room: number of areas that fit into @list
 */
struct lint_touch {
	struct areas areas;
	struct page_blocks blocks;
	struct dense_runs runs;
	struct table sharers;
	struct touches *list;
	size_t room;
};

/*
 * Handle a fault. *@order says whether its page was touched before. Return 0 or
 * -ENOMEM.
 */
int lint_touch_fault(struct lint_touch *touch, const struct event *event,
		     const struct space *space, enum touch_order *order);

/* Handle memory that was unmapped. */
void lint_touch_unlink(struct lint_touch *touch,
		       const struct unlink_event *unlink,
		       const struct space *space);

/* Handle memory that was freed by advice. */
void lint_touch_madvise(struct lint_touch *touch,
			const struct call_event *call,
			const struct space *space);

/*
 * Add the findings about every area. Call this once, after
 * lint_huge_findings(): faults in the findings about huge pages are not counted
 * again. Return 0 or -ENOMEM.
 */
int lint_touch_findings(struct lint_touch *touch,
			const struct lint_machine *machine,
			struct findings *findings);
void lint_touch_free(struct lint_touch *touch);

#endif /* _LINT_TOUCH_H */
