/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: page faults on pages that were touched one by one, touched
 * again after they had been freed, stored to after a load, or waited for. No
 * I/O.
 */
#ifndef _LINT_TOUCH_H
#define _LINT_TOUCH_H

#include "report/lint/dense.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/* What freed pages that were touched again */
enum taker {
	TAKER_MADVISE,
	TAKER_BRK,
	TAKER_MUNMAP,
	TAKER_OTHER,
	TAKER_UNKNOWN,
	TAKERS
};

/**
 * struct touches - faults of an area
 * @low: first page that a fault mapped
 * @high: after the last page that a fault mapped
 * @again: faults on pages that were present before, by enum taker
 * @nr: the last system call that freed pages, by enum taker
 * @majors: faults that waited for a read of the file
 * @firsts: touches that were the first of a page in its mapping
 * @piece_pages: sum, over these touches, of the pages that the mmap() call of the
 *	page has mapped
 * @by_malloc: pages whose mapping looks like one of glibc's malloc(), without
 *	those with a mapping that does not. A mapping of unknown origin is neither
 * @small: number of huge pages that the kernel could have mapped, but did not
 * @dense: all dense blocks, by enum page_use; set by lint_touch_findings()
 * @run: number of the last run, by enum page_use; 0: none
 * @pages: number of pages touched again; set by lint_touch_findings()
 */
struct touches {
	__u64 low;
	__u64 high;
	struct stats again[TAKERS];
	__s64 nr[TAKERS];
	struct stats majors;
	__u64 firsts;
	__u64 piece_pages;
	__s64 by_malloc;
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
 * @sharers: one row for each file of shared memory. majors is 1 + the number of
 *	one address space that touched it; count is 0 if no other did. Set by
 *	lint_touch_findings()
 * @images: one row for each program or library of an address space: a file with
 *	an executable mapping
 * @list: faults of each area, by area.id
 * @room: capacity of @list
 */
struct lint_touch {
	struct areas areas;
	struct page_blocks blocks;
	struct dense_runs runs;
	struct table sharers;
	struct table images;
	struct touches *list;
	size_t room;
};

/*
 * Handle a fault. Set *@order to whether its page was touched before. Return 0
 * or -ENOMEM.
 */
int lint_touch_fault(struct lint_touch *touch, const struct event *event,
		     const struct space *space, enum touch_order *order);

/* Handle an unmapping. */
void lint_touch_unlink(struct lint_touch *touch,
		       const struct unlink_event *unlink,
		       const struct space *space);

/* Handle an mremap(), which frees or moves pages. */
void lint_touch_mremap(struct lint_touch *touch,
		       const struct mremap_event *mremap,
		       const struct space *space);

/* Handle an madvise() that may have freed memory. */
void lint_touch_madvise(struct lint_touch *touch,
			const struct call_event *call,
			const struct space *space);

/*
 * Add the findings about all areas. Call this once, after lint_huge_findings():
 * faults that are part of its findings are not counted again. Return 0 or
 * -ENOMEM.
 */
int lint_touch_findings(struct lint_touch *touch,
			const struct lint_machine *machine,
			struct findings *findings);
void lint_touch_free(struct lint_touch *touch);

#endif /* _LINT_TOUCH_H */
