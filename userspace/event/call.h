/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Assembly of a call that changes mappings. Each part of the call has an event:
 * the search for a free address range, the merge, the new VMA. The call ends with
 * an event for the call as a whole, with the end of the system call, or with the
 * last part that a call of this kind can have.
 */
#ifndef _CALL_H
#define _CALL_H

#include "event/event.h"

#define CALL_PARTS_MAX 8
#define CALL_FLUSHES_MAX 8

/**
 * struct call - the call that a task is currently making
 * @parts: events of the call so far; NULL before the first part
 * @count: number of @parts
 * @goes_on: more parts of the call follow, for which there is no room in @parts
 * @enter: event for the start of the system call, if @entered is set
 * @entered: the task is in a system call
 * @flushes: TLB flushes since the task's last event that was not a TLB flush
 * @flushed: number of @flushes
 */
struct call {
	struct event *parts;
	int count;
	bool goes_on;
	struct event enter;
	bool entered;
	struct {
		__u64 time;
		struct flush_event flush;
	} flushes[CALL_FLUSHES_MAX];
	int flushed;
};

/* Add a part. Return 0 or -ENOMEM. */
int call_add(struct call *call, const struct event *event);

/* Return the first part of @kind, or NULL if there is none. */
const struct event *call_part(const struct call *call, int kind);

/* Return the last part that is not a wait for a lock, or NULL if there is none. */
const struct event *call_change(const struct call *call);

/* Return true if @event does not belong to @call, but to the next call. */
bool call_is_other(const struct call *call, const struct event *event);

/* Return true if there is no room for another part. */
bool call_is_full(const struct call *call);

/* Return true if the last part completes the call. */
bool call_is_whole(const struct call *call);

/* Record the start of a system call. */
void call_enter(struct call *call, const struct event *event);

/*
 * Record the end of a system call. Change @event to describe the whole call. If
 * the module has an event for this system call, @event becomes an event of that
 * kind. Return false if the start of the call was not seen. For brk(), *@brk must
 * be the last known end of the heap, or 0 if no end is known. The function sets
 * *@brk to the new end. For other calls, @brk may be NULL.
 */
bool call_leave(struct call *call, struct event *event, __u64 *brk);

/*
 * Return the duration of the whole system call that ends with @leave, a
 * sys_exit_* event. Return 0 if the start of the call was not seen.
 */
__u64 call_duration(const struct call *call, const struct event *leave);

/* Clear @call after the end of the call. */
void call_end(struct call *call);

#endif /* _CALL_H */
