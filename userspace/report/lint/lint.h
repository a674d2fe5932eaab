/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lint finds memory use that costs more than necessary. The events must be
 * added in chronological order. The findings are available after the last
 * event. Lint does no I/O.
 */
#ifndef _LINT_H
#define _LINT_H

#include "report/hugetlb_calls.h"
#include "report/lint/fork.h"
#include "report/lint/huge.h"
#include "report/lint/merges.h"
#include "report/lint/protect.h"
#include "report/lint/small.h"
#include "report/lint/touch.h"
#include "report/lint/wait.h"
#include "report/makers.h"

/** struct lint - state of all parts of lint; a zeroed state is empty */
struct lint {
	struct lint_touch touch;
	struct lint_huge huge;
	struct lint_small small;
	struct lint_fork fork;
	struct lint_protect protect;
	struct lint_merges pair;
	struct lint_wait wait;
	struct hugetlb_calls hugetlb;
	struct makers makers;
};

/*
 * Handle an event that was passed to replay_visitor.record, with the call that it ends.
 * Return 0 or -ENOMEM.
 */
int lint_record(struct lint *lint, const struct event *event,
		const struct event *call, const struct scene *scene);

/*
 * Handle the next event. @space may be NULL. If the event is a fault, @slow is its
 * fault_time event, or NULL. Return 0 or -ENOMEM.
 */
int lint_event(struct lint *lint, const struct event *event, const struct space *space,
	       const struct slow_event *slow);

/*
 * Add the findings, with advice that suits @machine. Call this function once,
 * after the last event. The findings are valid as long as @lint is valid.
 * Return 0 or -ENOMEM.
 */
int lint_findings(struct lint *lint, const struct lint_machine *machine,
		  struct findings *findings);
void lint_free(struct lint *lint);

#endif /* _LINT_H */
