/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint's half of huge pages: those that a mapping misses for where it begins.
 * No input or output.
 */
#ifndef _LINT_HUGE_H
#define _LINT_HUGE_H

#include "base/stats.h"
#include "event/world.h"
#include "report/lint/finding.h"

/**
 * struct large - anonymous memory that was mapped at once
 * @next: of those that were unmapped
 * @space: number of its address space
 * @start: first byte
 * @end: after the last byte
 * @advised: it has MADV_HUGEPAGE
 * @edges: first touches where no huge page fits, though one more would have
 *	room
 */
struct large {
	struct large *next;
	__u32 space;
	__u64 start;
	__u64 end;
	bool advised;
	struct stats edges;
};

/**
 * struct lint_huge - all 0: nothing yet
 * @tree: mappings that could hold more huge pages
 * @unmapped: those that are gone
 * @spaces: what got huge pages, a row for each address space
 */
struct lint_huge {
	void *tree;
	struct large *unmapped;
	struct table spaces;
};

/* 0 or -ENOMEM */
int lint_huge_mmap(struct lint_huge *huge, const struct mmap_event *mmap,
		   const struct space *space);
int lint_huge_fault(struct lint_huge *huge, const struct fault_event *fault,
		    const struct space *space, bool first);
void lint_huge_unlink(struct lint_huge *huge,
		      const struct unlink_event *unlink,
		      const struct space *space);

/* Once: the mappings are forgotten. 0 or -ENOMEM. */
int lint_huge_findings(struct lint_huge *huge, struct findings *findings);
void lint_huge_free(struct lint_huge *huge);

#endif /* _LINT_HUGE_H */
