/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that manage memory: their number, failures and durations. */
#ifndef _CALLS_H
#define _CALLS_H

#include "base/stats.h"
#include "event/call.h"

struct decoder;
struct printer;

#define CALL_ERRORS 134	/* EHWPOISON is the last error of the kernel */

/**
 * struct call_stats - statistics of a system call
 * @recorded: the recording has the event for the end of the call
 * @stats: statistics of the durations; a duration is 0 if the start is missing
 * @failed: calls that failed
 * @errors: those of @failed by error; 0: brk(), which returns none, and unknown errors
 */
struct call_stats {
	bool recorded;
	struct stats stats;
	__u64 failed;
	__u64 errors[CALL_ERRORS];
};

/** struct calls - statistics of all system calls */
struct calls {
	struct call_stats by[EVENT_CALLS];
};

/* Look up which system calls were recorded. */
void calls_begin(struct calls *calls, const struct decoder *decoder);

/* Count the system call that ends with @event, if any. @call: of the task. */
void calls_event(struct calls *calls, const struct event *event,
		 const struct call *call);

const char *calls_name(enum event_call which);

/* Return the name of an error of call_stats.errors, or NULL if it has none. */
const char *calls_error(int error);

/*
 * Write to @text the names of the calls that are not recorded in at least one
 * of @all, as "mmap, munmap". Return false if there are none.
 */
bool calls_unrecorded(const struct calls *const *all, int count_all,
		      char *text, size_t size);

/* Print the table of the calls, and which calls were not recorded. */
void calls_text(struct printer *printer, const struct calls *calls);

#endif /* _CALLS_H */
