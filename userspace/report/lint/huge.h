/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of lint: huge pages that are missed because of alignment. No I/O. */
#ifndef _LINT_HUGE_H
#define _LINT_HUGE_H

#include "base/stats.h"
#include "event/world.h"
#include "report/lint/finding.h"
#include "report/lint/page_block.h"

/**
 * struct large - anonymous memory that was mapped by one call
 * @next: next mapping in lint_huge.unmapped
 * @space: number of the address space
 * @start: first byte
 * @end: after the last byte
 * @by_malloc: the memory looks like a block of glibc's malloc()
 * @advised: MADV_HUGEPAGE applies to the memory
 * @edges: first touches near both ends, where no huge page fits, although the
 *	mapping is large enough for one more
 * @edge: of these, the touches near the start and near the end, without pages
 *	that an earlier mapping had
 */
struct large {
	struct large *next;
	__u32 space;
	__u64 start;
	__u64 end;
	bool by_malloc;
	bool advised;
	struct stats edges;
	struct edge edge[2];
};

/**
 * struct lint_huge - all 0: nothing yet
 * @tree: large mappings that exist
 * @unmapped: unmapped mappings that missed huge pages
 * @spaces: one row for each address space with huge pages: count is their
 *	number, majors the number of those without MADV_HUGEPAGE
 */
struct lint_huge {
	void *tree;
	struct large *unmapped;
	struct table spaces;
};

/* Handle an event. Return 0 or -ENOMEM. */
int lint_huge_mmap(struct lint_huge *huge, const struct mmap_event *mmap,
		   const struct space *space);
int lint_huge_fault(struct lint_huge *huge, const struct fault_event *fault,
		    const struct space *space, enum touch_order order);
void lint_huge_unlink(struct lint_huge *huge,
		      const struct unlink_event *unlink,
		      const struct space *space);

/* Add the findings. Call this once, because it empties @tree. 0 or -ENOMEM. */
int lint_huge_findings(struct lint_huge *huge, struct findings *findings);
void lint_huge_free(struct lint_huge *huge);

#endif /* _LINT_HUGE_H */
