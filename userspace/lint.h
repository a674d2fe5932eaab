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
 * struct change - the mprotect() that a thread called last
 * @tid: the thread, 0: it did something else since
 * @range: as in struct lint
 * @flushed: when it flushed the TLB next, 0: it did not
 * @flushes: how often, since
 */
struct change {
	__u32 tid;
	struct key range;
	__u64 flushed;
	__u32 flushes;
};

#define LINT_CHANGES 64

/**
 * struct lint - being made
 * @touched: first touches, by address space and VMA
 * @protected: changes by mprotect(), by address space and range
 * @changes: the last ones, by thread; those of two that meet here are forgotten
 * @flushed: those behind which the TLB was flushed, by the same
 * @flushes_known: that was recorded; for whoever has the recording to say
 * @refused: merges refused, by reason, flags and system call
 * @unforked: MADV_DONTFORK, by address space and range: 1, or 0 when undone
 * @large: mappings that could have held more huge pages, by the same
 * @map_count: most VMAs of an address space
 */
struct lint {
	struct table touched;
	struct table protected;
	struct change changes[LINT_CHANGES];
	struct table flushed;
	bool flushes_known;
	struct table refused;
	struct table unforked;
	struct table large;
	__u32 map_count;
};

/* The next event; @space may be NULL if it has none. 0 or -ENOMEM. */
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
