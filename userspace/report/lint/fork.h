/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: copies of address spaces that exec replaced soon after the
 * fork. This code does no I/O.
 */
#ifndef _LINT_FORK_H
#define _LINT_FORK_H

#include "base/stats.h"
#include "report/lint/finding.h"

/**
 * struct lint_fork - copies of address spaces; if zeroed, there are none
 * @copies: one row for each copy, by the id of the address space
 * @left: statistics of the cost of each copy that exec has replaced
 */
struct lint_fork {
	struct table copies;
	struct stats left;
};

/*
 * lint_fork_event() handles an event. lint_fork_findings() adds the findings.
 * Both functions return 0 or -ENOMEM.
 */
int lint_fork_event(struct lint_fork *fork, const struct event *event);
int lint_fork_findings(const struct lint_fork *fork,
		       struct findings *findings);
void lint_fork_free(struct lint_fork *fork);

#endif /* _LINT_FORK_H */
