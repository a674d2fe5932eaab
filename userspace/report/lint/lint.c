// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/lint.h"

/* ---- events ---- */

static int see_fault(struct lint *lint, const struct event *event,
		     const struct space *space, const struct slow_event *slow)
{
	enum touch_order order;

	return lint_touch_fault(&lint->touch, event, space, slow, &order) ?:
	       lint_huge_fault(&lint->huge, &event->fault, space, order) ?:
	       lint_small_fault(&lint->small, &event->fault, space, slow);
}

static int see_merge(struct lint *lint, const struct event *event,
		     const struct space *space)
{
	return lint_merges_merge(&lint->pair, &event->merge, space) ?:
	       lint_protect_merge(&lint->protect, event, space);
}

static void see_unlink(struct lint *lint, const struct unlink_event *unlink,
		       const struct space *space)
{
	lint_touch_unlink(&lint->touch, unlink, space);
	lint_huge_unlink(&lint->huge, unlink, space);
	lint_merges_unlink(&lint->pair, unlink, space);
}

int lint_record(struct lint *lint, const struct event *event,
		const struct event *call, const struct scene *scene)
{
	hugetlb_calls_see(&lint->hugetlb, event, call);
	return makers_event(&lint->makers, event, scene);
}

int lint_event(struct lint *lint, const struct event *event, const struct space *space,
	       const struct slow_event *slow)
{
	int err = lint_fork_event(&lint->fork, event) ?:
		  lint_wait_event(&lint->wait, event);

	lint_protect_follow(&lint->protect, event);
	if (err || !space)
		return err;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return see_fault(lint, event, space, slow);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return see_merge(lint, event, space);
	case MMAPDEMO_EVENT_DO_MMAP:
		return lint_huge_mmap(&lint->huge, &event->mmap, space);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		see_unlink(lint, &event->unlink, space);
		return 0;
	case MMAPDEMO_EVENT_MREMAP:
		lint_touch_mremap(&lint->touch, &event->mremap, space);
		return 0;
	case EVENT_LEAVE + EVENT_CALL_MADVISE:
		lint_touch_madvise(&lint->touch, &event->call, space);
		return 0;
	default:
		return 0;
	}
}

/* ---- findings ---- */

static int find_crowd(struct makers *makers, const struct lint_machine *machine,
		      struct findings *findings)
{
	const struct table *table = &makers->boundaries.causes;
	struct finding crowded = {
		.kind = FINDING_CROWDED,
		.advice = ADVICE_LIMIT,
		.count = machine->map_count,
		.limit = machine->limit,
		.makers = makers,
	};

	makers_end(makers);
	if (table->count && maker_before(&table->rows[0]))
		crowded.advice = ADVICE_LIMIT_BEFORE;
	else if (table->count && table->rows[0].name[0])
		crowded.advice = ADVICE_LIMIT_CODE;
	else if (makers->stacks)
		crowded.advice = ADVICE_LIMIT_FRAMES;
	return machine->limit && machine->map_count >= machine->limit / 2 ?
	       findings_add(findings, &crowded) : 0;
}

static int find_hugetlb(const struct hugetlb_calls *calls, struct findings *findings)
{
	const struct finding failed = {
		.kind = FINDING_POOL,
		.advice = ADVICE_POOL,
		.count = calls->count,
		.pages = calls->pages,
	};

	return calls->count ? findings_add(findings, &failed) : 0;
}

int lint_findings(struct lint *lint, const struct lint_machine *machine,
		  struct findings *findings)
{
	return find_crowd(&lint->makers, machine, findings) ?:
	       lint_huge_findings(&lint->huge, findings) ?:
	       lint_small_findings(&lint->small, findings) ?:
	       find_hugetlb(&lint->hugetlb, findings) ?:
	       lint_touch_findings(&lint->touch, machine, findings) ?:
	       lint_wait_findings(&lint->wait, machine, findings) ?:
	       lint_fork_findings(&lint->fork, findings) ?:
	       lint_protect_findings(&lint->protect, machine, findings) ?:
	       lint_merges_findings(&lint->pair, findings);
}

void lint_free(struct lint *lint)
{
	lint_touch_free(&lint->touch);
	lint_huge_free(&lint->huge);
	lint_small_free(&lint->small);
	lint_fork_free(&lint->fork);
	lint_protect_free(&lint->protect);
	lint_wait_free(&lint->wait);
	lint_merges_free(&lint->pair);
	makers_free(&lint->makers);
}
