/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program does with its memory that costs more than it must. Events go
 * in, in the order of their time; findings are there at the end. No input or
 * output.
 */
#ifndef _LINT_H
#define _LINT_H

#include "figures.h"
#include "finding.h"
#include "world.h"

/**
 * struct lint - being made
 * @touched: first touches, by address space and VMA
 * @protected: changes by mprotect(), by address space and range
 * @refused: merges refused, by reason, flags and system call
 * @unforked: MADV_DONTFORK, by address space and range: 1, or 0 when undone
 * @large: mappings that could have held more huge pages, by the same
 * @map_count: most VMAs of an address space
 */
struct lint {
	struct table touched;
	struct table protected;
	struct table refused;
	struct table unforked;
	struct table large;
	__u32 map_count;
};

/* The next event of an address space. 0 or -ENOMEM. */
int lint_event(struct lint *lint, const struct event *event,
	       const struct space *space);

/*
 * Calls @visit for each finding, kind by kind; 0, or what it returned. No more
 * events after that. @limit: how many VMAs there may be, 0: not known.
 */
int lint_findings(struct lint *lint, __u64 limit,
		  int (*visit)(const struct finding *finding, void *data),
		  void *data);
void lint_free(struct lint *lint);

#endif /* _LINT_H */
