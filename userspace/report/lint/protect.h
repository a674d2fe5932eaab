/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint's half of mprotect(): rights that are taken and given again, and whether
 * the TLB was flushed for that. No input or output.
 */
#ifndef _LINT_PROTECT_H
#define _LINT_PROTECT_H

#include "event/world.h"
#include "report/lint/finding.h"
#include "report/lint/machine.h"

/**
 * struct protected - a range whose rights changed
 * @space: number of the address space
 * @start: first byte
 * @end: after the last byte
 * @calls: that took rights and gave them again
 * @pending: the last calls, which may be the begin of that
 * @ended: calls, these or not, whose end was seen
 * @ns: how long they took
 * @rights: VM_* after the last change, and before it; RIGHTS_UNKNOWN
 * @flushes: how often the TLB was flushed next
 * @name: of what is mapped there
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
 * struct change - the mprotect() that a thread called last
 * @tid: the thread, 0: it did something else since
 * @range: that it changed
 * @flushed: when it flushed the TLB next, 0: it did not
 * @flushes: how often, since
 */
struct change {
	__u32 tid;
	struct protected *range;
	__u64 flushed;
	__u32 flushes;
};

#define LINT_CHANGES 64

/**
 * struct lint_protect - all 0: nothing yet
 * @tree: ranges
 * @changes: the last ones, by thread; those of two that meet here are forgotten
 */
struct lint_protect {
	void *tree;
	struct change changes[LINT_CHANGES];
};

/* Every event: does it end what a thread's mprotect() began? */
void lint_protect_follow(struct lint_protect *protect,
			 const struct event *event);

/* 0 or -ENOMEM */
int lint_protect_merge(struct lint_protect *protect, const struct event *event,
		       const struct space *space);
int lint_protect_findings(const struct lint_protect *protect,
			  const struct lint_machine *machine,
			  struct findings *findings);
void lint_protect_free(struct lint_protect *protect);

#endif /* _LINT_PROTECT_H */
