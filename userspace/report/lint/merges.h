/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: adjacent VMAs that could be merged if the program avoided a
 * difference, such as an madvise() flag or separate anon_vmas. This code does
 * no I/O.
 */
#ifndef _LINT_MERGES_H
#define _LINT_MERGES_H

#include "event/world.h"
#include "report/boundaries.h"
#include "report/lint/finding.h"

/**
 * struct lint_merges - pairs of adjacent VMAs; if zeroed, there are none
 * @boundaries: the boundaries between the two VMAs of each pair
 */
struct lint_merges {
	struct boundaries boundaries;
};

/* Handle an event. Return 0 or -ENOMEM. */
int lint_merges_merge(struct lint_merges *pairs,
		      const struct merge_event *merge,
		      const struct space *space);
void lint_merges_unlink(struct lint_merges *pairs,
			const struct unlink_event *unlink,
			const struct space *space);

/* Add findings about the pairs that still exist. Return 0 or -ENOMEM. */
int lint_merges_findings(const struct lint_merges *pairs,
			 struct findings *findings);
void lint_merges_free(struct lint_merges *pairs);

#endif /* _LINT_MERGES_H */
