/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: memory that could have had huge pages, but got pages of 4 KiB for a
 * reason that the user can change. This code does no I/O.
 */
#ifndef _LINT_SMALL_H
#define _LINT_SMALL_H

#include "report/area.h"
#include "report/first_touch.h"
#include "report/lint/finding.h"

/**
 * struct lint_small - first touches of anonymous memory; if zeroed, there are none
 * @touch: the first touches, by reason
 * @known: lint_small_begin() was called
 * @areas: the memory
 * @blocks: one row for each block of 2 MiB and reason: the key is the number of the
 *	address space, the address of the block, and enum huge_reason
 */
struct lint_small {
	struct first_touch touch;
	bool known;
	struct areas areas;
	struct table blocks;
};

/* Read the settings of the recording. Without this call, there are no findings. */
void lint_small_begin(struct lint_small *small, const struct meta *meta);

/*
 * Handle a fault. @slow is the fault_time event of the fault, or NULL. Return 0 or
 * -ENOMEM.
 */
int lint_small_fault(struct lint_small *small, const struct fault_event *fault,
		     const struct space *space, const struct slow_event *slow);

/* Add the findings. Return 0 or -ENOMEM. */
int lint_small_findings(struct lint_small *small, struct findings *findings);
void lint_small_free(struct lint_small *small);

#endif /* _LINT_SMALL_H */
