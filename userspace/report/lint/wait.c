// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/wait.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* A finding needs waits of at least this duration in total. */
#define LONG_NS 10000000

/* ---- events ---- */

static __u64 known(__s64 ns)
{
	return ns > 0 ? ns : 0;
}

/* Return true if the fault asked for a huge page, even if it got small pages. */
static bool wants_huge(const struct slow_event *slow)
{
	return slow->compaction > 0 || slow->class == MMAPDEMO_FAULT_HUGE_ANON ||
	       slow->class == MMAPDEMO_FAULT_HUGE_FILE;
}

static void see_fault(struct lint_wait *wait, const struct slow_event *slow)
{
	const __u64 reclaim = known(slow->reclaim) + known(slow->reclaim_sleep);

	if (wants_huge(slow)) {
		if (slow->compaction > 0)
			stats_add(&wait->compaction, slow->compaction + reclaim);
	} else if (reclaim) {
		stats_add(&wait->reclaim, reclaim);
		wait->reclaimed += slow->reclaimed;
	}
}

static int see_lock(struct lint_wait *wait, const struct lock_event *lock)
{
	const struct key key = { { lock->holder_nr } };
	struct row *row;

	if (lock->holder_nr < 0)
		return 0;
	row = table_row(&wait->holders, &key);
	if (!row)
		return -ENOMEM;
	stats_add(&row->stats, lock->duration);
	row->majors += lock->fault;
	return 0;
}

int lint_wait_event(struct lint_wait *wait, const struct event *event)
{
	if (event->kind == MMAPDEMO_EVENT_FAULT_TIME)
		see_fault(wait, &event->slow);
	return event->kind == MMAPDEMO_EVENT_MMAP_LOCK_WAIT ?
	       see_lock(wait, &event->lock) : 0;
}

/* ---- findings ---- */

static int add_finding(struct findings *findings, const struct finding *finding)
{
	return finding->ns >= LONG_NS ? findings_add(findings, finding) : 0;
}

static enum advice advice_for_reclaim(const struct memory_limit *limit)
{
	if (!limit->hits)
		return ADVICE_LESS_MEMORY;
	return strcmp(limit->file, "memory.high") ? ADVICE_MEMORY_MAX :
						    ADVICE_MEMORY_HIGH;
}

static int find_reclaim(const struct lint_wait *wait, const struct lint_machine *machine,
			struct findings *findings)
{
	struct finding finding = {
		.kind = FINDING_RECLAIM,
		.advice = advice_for_reclaim(&machine->reached),
		.count = wait->reclaim.count,
		.ns = wait->reclaim.ns,
		.pages = wait->reclaimed,
		.nr = -1,
	};

	if (machine->reached.hits) {
		finding.limit = machine->reached.bytes;
		snprintf(finding.name, sizeof(finding.name), "%s",
			 machine->reached.cgroup);
	}
	return add_finding(findings, &finding);
}

/* Without the setting, compaction is for pages of a driver or of hugetlbfs. */
static int find_compaction(const struct lint_wait *wait,
			   const struct lint_machine *machine, struct findings *findings)
{
	const struct finding finding = {
		.kind = FINDING_COMPACTION,
		.advice = ADVICE_DEFER,
		.count = wait->compaction.count,
		.ns = wait->compaction.ns,
		.nr = -1,
	};

	return machine->thp == THP_ALWAYS || machine->thp == THP_MADVISE ?
	       add_finding(findings, &finding) : 0;
}

/* Without per-VMA locks, all faults wait for mmap_lock. */
static enum advice advice_for_lock(const struct row *row,
				   const struct lint_machine *machine)
{
	switch (row->key.parts[0]) {
	case SYS_fork:
	case SYS_clone:
	case SYS_clone3:
		return ADVICE_LOCK_FORK;
	default:
		return row->majors * 2 > row->stats.count && !machine->vma_locks ?
		       ADVICE_LOCK_OLD : ADVICE_LOCK;
	}
}

static int find_locks(const struct lint_wait *wait, const struct lint_machine *machine,
		      struct findings *findings)
{
	int err = 0;

	for (size_t i = 0; !err && i < wait->holders.count; i++) {
		const struct row *row = &wait->holders.rows[i];
		const struct finding finding = {
			.kind = FINDING_LOCK,
			.advice = advice_for_lock(row, machine),
			.count = row->stats.count,
			.ns = row->stats.ns,
			.nr = row->key.parts[0],
		};

		err = add_finding(findings, &finding);
	}
	return err;
}

int lint_wait_findings(struct lint_wait *wait, const struct lint_machine *machine,
		       struct findings *findings)
{
	return find_reclaim(wait, machine, findings) ?:
	       find_compaction(wait, machine, findings) ?:
	       find_locks(wait, machine, findings);
}

void lint_wait_free(struct lint_wait *wait)
{
	table_free(&wait->holders);
}
