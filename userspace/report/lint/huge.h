/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: huge pages that a mapping did not get because of its alignment.
 * This code does no I/O.
 */
#ifndef _LINT_HUGE_H
#define _LINT_HUGE_H

#include "base/stats.h"
#include "event/world.h"
#include "report/lint/finding.h"
#include "report/lint/page_block.h"

/**
 * struct large - a large anonymous mapping that a single call has created
 * @next: next mapping in lint_huge.unmapped
 * @space: number of the address space
 * @start: address of the first byte
 * @end: address after the last byte
 * @by_malloc: the memory looks like a block of glibc's malloc()
 * @advised: MADV_HUGEPAGE applies to the memory
 * @huge: the memory got a huge page
 * @refused: an aligned block inside the memory got small pages
 * @edges: first touches of pages near the start and the end of the mapping. No
 *	huge page fits at these pages, although the mapping is large enough for
 *	one more huge page
 * @edge: the touches in @edges near the start, and the touches in @edges near
 *	the end; pages that were touched in an earlier mapping are excluded
 */
struct large {
	struct large *next;
	__u32 space;
	__u64 start;
	__u64 end;
	bool by_malloc;
	bool advised;
	bool huge;
	bool refused;
	struct stats edges;
	struct edge edge[2];
};

/**
 * struct lint_huge - large mappings and missed huge pages; if zeroed, there are
 * none
 * @tree: large mappings that currently exist
 * @unmapped: unmapped mappings that missed huge pages
 * @spaces: two rows for each address space: for memory without and with
 *	MADV_HUGEPAGE. count is the number of huge pages that prove that this
 *	memory can get huge pages. live is 0 if a later fault proves the opposite
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

/*
 * Add the findings. Call this function only once, because it empties @tree.
 * Return 0 or -ENOMEM.
 */
int lint_huge_findings(struct lint_huge *huge, struct findings *findings);
void lint_huge_free(struct lint_huge *huge);

#endif /* _LINT_HUGE_H */
