/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: faults that had to free memory or to move pages first, and waits for
 * mmap_lock. This code does no I/O.
 */
#ifndef _LINT_WAIT_H
#define _LINT_WAIT_H

#include "base/stats.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/**
 * struct lint_wait - what faults and system calls waited for; if zeroed, nothing
 * @reclaim: times that faults spent in reclaim, including sleep
 * @reclaimed: number of pages that the faults in @reclaim reclaimed
 * @compaction: times that faults spent in compaction, and in reclaim for a huge page
 * @holders: waits for mmap_lock, by the system call of the holder. majors is the number
 *	of waits of faults
 */
struct lint_wait {
	struct stats reclaim;
	__u64 reclaimed;
	struct stats compaction;
	struct table holders;
};

/*
 * lint_wait_event() handles an event. lint_wait_findings() adds the findings. Both
 * functions return 0 or -ENOMEM.
 */
int lint_wait_event(struct lint_wait *wait, const struct event *event);
int lint_wait_findings(struct lint_wait *wait, const struct lint_machine *machine,
		       struct findings *findings);
void lint_wait_free(struct lint_wait *wait);

#endif /* _LINT_WAIT_H */
