/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: faults on pages that were touched one by one, that were touched
 * again after they had been freed, that were stored to after a load, or that
 * had to be read from a file. This code does no I/O.
 */
#ifndef _LINT_TOUCH_H
#define _LINT_TOUCH_H

#include "report/lint/dense.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/**
 * struct touches - faults of an area
 * @low: start of the lowest page that a fault mapped
 * @high: end of the highest page that a fault mapped
 * @again: faults on pages that were present before, by enum taker
 * @nr: number of the last system call that freed pages, by enum taker
 * @majors: faults that waited for a read of the file
 * @read_bytes: bytes that the faults in @majors read from disks
 * @firsts: number of faults that were the first touch of a page in its mapping
 * @piece_pages: sum, over all faults in @firsts, of the number of pages in the
 *	mapping of the touched page
 * @by_malloc: number of pages in mappings that look like those of glibc's
 *	malloc(), minus the number of pages in mappings that look different.
 *	Pages in mappings of unknown origin are not counted
 * @small: number of huge pages that the kernel could have mapped, but did not
 * @dense: statistics of all dense blocks, by enum page_use; set by
 *	lint_touch_findings()
 * @run: number of the last run of dense blocks, by enum page_use; 0: none
 * @used: number of pages that were present at some time; set by lint_touch_findings()
 * @pages: number of pages that were touched again, by enum taker; set by
 *	lint_touch_findings()
 */
struct touches {
	__u64 low;
	__u64 high;
	struct stats again[TAKERS];
	__s64 nr[TAKERS];
	struct stats majors;
	__u64 read_bytes;
	__u64 firsts;
	__u64 piece_pages;
	__s64 by_malloc;
	__u64 small;
	struct dense dense[USES];
	size_t run[USES];
	__u64 used;
	__u64 pages[TAKERS];
};

/**
 * struct lint_touch - touched pages and faults; if zeroed, there are none
 * @areas: all areas
 * @blocks: blocks of touched pages of all areas
 * @runs: runs of dense blocks; set by lint_touch_findings()
 * @sharers: one row for each file of shared memory. majors is 1 plus the number
 *	of an address space that touched the file. count is 0 if no other
 *	address space touched the file. Set by lint_touch_findings()
 * @images: one row for each program or library in an address space. Every file
 *	with an executable mapping counts as a program or library
 * @files: one row for each file. count is the number of pages that were used, and ns
 *	the number of bytes that faults read. Set by lint_touch_findings()
 * @timed: the recording has fault_time events
 * @list: faults of each area, by area.id
 * @room: capacity of @list
 */
struct lint_touch {
	struct areas areas;
	struct page_blocks blocks;
	struct dense_runs runs;
	struct table sharers;
	struct table images;
	struct table files;
	bool timed;
	struct touches *list;
	size_t room;
};

/*
 * Handle a fault. @slow is the fault_time event of the fault, or NULL. Set *@order, which
 * says whether the page was touched before.
 * Return 0 or -ENOMEM.
 */
int lint_touch_fault(struct lint_touch *touch, const struct event *event,
		     const struct space *space, const struct slow_event *slow,
		     enum touch_order *order);

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
 * Add the findings about all areas. Call this function once, after
 * lint_huge_findings(). Faults that lint_huge_findings() has counted in a
 * finding are not counted again. Return 0 or -ENOMEM.
 */
int lint_touch_findings(struct lint_touch *touch,
			const struct lint_machine *machine,
			struct findings *findings);
void lint_touch_free(struct lint_touch *touch);

#endif /* _LINT_TOUCH_H */
