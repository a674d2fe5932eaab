/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: mprotect() calls that remove access rights and restore them,
 * and the TLB flushes that these calls cause. This code does no I/O.
 */
#ifndef _LINT_PROTECT_H
#define _LINT_PROTECT_H

#include "event/world.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/**
 * struct protected - a range whose access rights changed
 * @space: number of the address space
 * @start: address of the first byte
 * @end: address after the last byte
 * @calls: number of calls that removed rights and restored them
 * @pending: number of the latest calls, which are added to @calls if more calls
 *	undo each other
 * @ended: number of all mprotect() calls for the range whose duration is known
 * @ns: total duration of the @ended calls
 * @rights: VM_* flags after and before the last change, or RIGHTS_UNKNOWN
 * @flushes: number of calls that flushed the TLB
 * @name: name of the mapping
 */
struct protected {
	__u32 space;
	__u64 start;
	__u64 end;
	__u64 calls;
	__u64 pending;
	__u64 ended;
	__u64 ns;
	__u64 rights[2];
	__u64 flushes;
	char name[EVENT_NAME_MAX];
};

/**
 * struct change - the last mprotect() of a thread
 * @tid: the thread; 0: the thread has had another event after the call
 * @range: the range that the call changed
 * @flushed: time of the first TLB flush after the change, ns of
 *	CLOCK_MONOTONIC; 0: there was no flush
 * @flushes: number of TLB flushes after the change
 */
struct change {
	__u32 tid;
	struct protected *range;
	__u64 flushed;
	__u32 flushes;
};

#define LINT_CHANGES 64

/**
 * struct lint_protect - ranges whose access rights changed; if zeroed, there
 * are none
 * @tree: the ranges
 * @changes: the last changes, by tid % LINT_CHANGES; threads with the same
 *	index overwrite each other's change
 */
struct lint_protect {
	void *tree;
	struct change changes[LINT_CHANGES];
};

/*
 * Handle any event. A TLB flush is counted for the thread's last mprotect().
 * Any other event, except a split, ends the last mprotect().
 */
void lint_protect_follow(struct lint_protect *protect,
			 const struct event *event);

/*
 * lint_protect_merge() handles a merge event. lint_protect_findings() adds the
 * findings. Both functions return 0 or -ENOMEM.
 */
int lint_protect_merge(struct lint_protect *protect, const struct event *event,
		       const struct space *space);
int lint_protect_findings(const struct lint_protect *protect,
			  const struct lint_machine *machine,
			  struct findings *findings);
void lint_protect_free(struct lint_protect *protect);

#endif /* _LINT_PROTECT_H */
