/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint's half of VMAs: the borders between them that nothing but advice, or the
 * owner of pages, keeps. No input or output.
 */
#ifndef _LINT_BORDER_H
#define _LINT_BORDER_H

#include "event/world.h"
#include "report/lint/finding.h"

/** struct lint_border - all 0: nothing yet; @tree: what would be one VMA */
struct lint_border {
	void *tree;
};

/* 0 or -ENOMEM */
int lint_border_merge(struct lint_border *borders,
		      const struct merge_event *merge,
		      const struct space *space);
void lint_border_unlink(struct lint_border *borders,
			const struct unlink_event *unlink,
			const struct space *space);

/* Of the borders that are left. 0 or -ENOMEM. */
int lint_border_findings(const struct lint_border *borders,
			 struct findings *findings);
void lint_border_free(struct lint_border *borders);

#endif /* _LINT_BORDER_H */
