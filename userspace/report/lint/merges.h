/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint's half of VMAs: the borders between them that nothing but advice, or the
 * owner of pages, keeps. No input or output.
 */
#ifndef _LINT_MERGES_H
#define _LINT_MERGES_H

#include "event/world.h"
#include "report/lint/finding.h"

/** struct lint_merges - all 0: nothing yet; @tree: what would be one VMA */
struct lint_merges {
	void *tree;
};

/* 0 or -ENOMEM */
int lint_merges_merge(struct lint_merges *pairs,
		      const struct merge_event *merge,
		      const struct space *space);
void lint_merges_unlink(struct lint_merges *pairs,
			const struct unlink_event *unlink,
			const struct space *space);

/* Of the borders that are left. 0 or -ENOMEM. */
int lint_merges_findings(const struct lint_merges *pairs,
			 struct findings *findings);
void lint_merges_free(struct lint_merges *pairs);

#endif /* _LINT_MERGES_H */
