/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that changes mappings, put together from its events. Its parts come
 * first: the search, the merge, the VMA. What ends it is an event of its own, the
 * end of the system call, or the last part that such a call can have.
 */
#ifndef _CALL_H
#define _CALL_H

#include "event/event.h"

#define CALL_PARTS_MAX 8
#define CALL_FLUSHES_MAX 8

/**
 * struct call - that a task is in
 * @parts: its events so far; NULL as long as there was none
 * @count: of @parts
 * @enter: the begin of the system call ...
 * @entered: ... if the task is in one
 * @flushes: of the TLB, since the task did something else
 * @flushed: how many of these
 */
struct call {
	struct event *parts;
	int count;
	struct event enter;
	bool entered;
	struct {
		__u64 time;
		struct flush_event flush;
	} flushes[CALL_FLUSHES_MAX];
	int flushed;
};

/* One more part. 0 or -ENOMEM. */
int call_add(struct call *call, const struct event *event);

/* The first part of that kind; NULL: there is none. */
const struct event *call_part(const struct call *call, int kind);

/* Is the event no part of this call, but of the next one? */
bool call_is_other(const struct call *call, const struct event *event);

/* Is the call over with its last part? */
bool call_is_whole(const struct call *call);

/* The system call begins. */
void call_enter(struct call *call, const struct event *event);

/*
 * The system call ends: @event becomes all that is known of it, if possible as an
 * event of the module. False: it was not seen to begin. @brk is where the heap
 * ended last, 0: not known; it may be NULL if the event is not of brk().
 */
bool call_leave(struct call *call, struct event *event, __u64 *brk);

/* What it was is known. */
void call_end(struct call *call);

#endif /* _CALL_H */
