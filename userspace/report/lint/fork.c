// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/fork.h"

#include <errno.h>

/*
 * A finding needs at least FORKS forks, or forks that took at least LONG_NS in
 * total: even a few forks can take long.
 */
#define FORKS 16
#define LONG_NS 100000000

/*
 * Reset the row of a new copy. There may be an old row, because ids of address
 * spaces are reused.
 */
static int see_fork(struct lint_fork *fork, const struct dup_event *dup)
{
	const struct key key = { { dup->child_mm } };
	struct row *row = table_row(&fork->copies, &key);

	if (!row)
		return -ENOMEM;
	row->stats = (struct stats){ 0 };
	stats_add(&row->stats, dup->duration);
	return 0;
}

/*
 * Return the row of the copy @mm. Return NULL if @mm is not a copy, or if there
 * is no memory.
 */
static struct row *copy_of(struct lint_fork *fork, __u32 mm)
{
	const struct key key = { { mm } };
	struct row *row = fork->copies.count ?
			  table_row(&fork->copies, &key) : NULL;

	return row && row->stats.count ? row : NULL;
}

static void see_fault(struct lint_fork *fork, const struct fault_event *fault)
{
	struct row *row;

	if ((fault->class != MMAPDEMO_FAULT_WP_COPY &&
	     fault->class != MMAPDEMO_FAULT_HUGE_SPLIT) ||
	    !(fault->entry_before & MMAPDEMO_ENTRY_ANON))
		return;
	row = copy_of(fork, fault->mm);
	if (row)
		row->stats.ns += fault->duration;
}

static void see_end(struct lint_fork *fork,
		    const struct exit_mmap_event *exit_mmap)
{
	struct row *row = copy_of(fork, exit_mmap->mm);

	if (row && exit_mmap->trigger == MMAPDEMO_TRIGGER_EXEC)
		stats_add(&fork->left, row->stats.ns + exit_mmap->duration);
	if (row)
		row->stats.count = 0;
}

int lint_fork_event(struct lint_fork *fork, const struct event *event)
{
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		return see_fork(fork, &event->dup);
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		see_fault(fork, &event->fault);
	else if (event->kind == MMAPDEMO_EVENT_EXIT_MMAP)
		see_end(fork, &event->exit_mmap);
	return 0;
}

int lint_fork_findings(const struct lint_fork *fork, struct findings *findings)
{
	const struct finding finding = {
		.kind = FINDING_FORK,
		.advice = ADVICE_SPAWN,
		.count = fork->left.count,
		.ns = fork->left.ns,
	};

	return finding.count >= FORKS || finding.ns >= LONG_NS ?
	       findings_add(findings, &finding) : 0;
}

void lint_fork_free(struct lint_fork *fork)
{
	table_free(&fork->copies);
}
