/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint's half of page faults: pages touched one by one, again, twice, or late.
 * No input or output.
 */
#ifndef _LINT_TOUCH_H
#define _LINT_TOUCH_H

#include "report/lint/finding.h"
#include "report/lint/machine.h"
#include "report/lint/page_block.h"

/* What took pages away that were touched again */
enum taker {
	TAKER_MADVISE,
	TAKER_BRK,
	TAKER_MUNMAP,
	TAKER_OTHER,
	TAKER_UNKNOWN,
	TAKERS
};

/**
 * struct dense - where nearly all pages were touched in the same way
 * @faults: how often, and how long that took
 * @pages: that these brought
 * @start: first byte
 * @end: after the last byte
 */
struct dense {
	struct stats faults;
	__u64 pages;
	__u64 start;
	__u64 end;
};

#define PIECE_SHIFT 24

/**
 * struct touches - the faults of an area
 * @low: the first page touched
 * @high: after the last page touched
 * @again: touches of pages that were there before, by enum taker
 * @nr: the system calls that took them away
 * @majors: faults that waited for the file
 * @pieces: the mmap() calls whose pages were touched, each 1 << PIECE_SHIFT: every page
 *	counts as its part of them
 * @small: huge pages that the kernel could have taken, and did not
 * @dense: by enum page_use, at the end
 * @pages: touched again, at the end
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
	__u64 pages;
};

/** struct lint_touch - all 0: nothing yet; @list is by the id of an area */
struct lint_touch {
	struct areas areas;
	struct page_blocks blocks;
	struct touches *list;
	size_t room;
};

/*
 * A fault: was it the first touch of its page? Memory that was unmapped, or given
 * back by advice. 0 or -ENOMEM.
 */
int lint_touch_fault(struct lint_touch *touch, const struct event *event,
		     const struct space *space, bool *first);
void lint_touch_unlink(struct lint_touch *touch,
		       const struct unlink_event *unlink,
		       const struct space *space);

void lint_touch_madvise(struct lint_touch *touch,
			const struct call_event *call,
			const struct space *space);

/*
 * What there is to say of every area; once. What is among the findings before is
 * not said again. 0 or -ENOMEM.
 */
int lint_touch_findings(struct lint_touch *touch,
			const struct lint_machine *machine,
			struct findings *findings);
void lint_touch_free(struct lint_touch *touch);

#endif /* _LINT_TOUCH_H */
