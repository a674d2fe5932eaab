/* SPDX-License-Identifier: GPL-2.0-only */
/* Number, failures and durations of system calls that manage memory. */
#ifndef _CALLS_H
#define _CALLS_H

#include "base/stats.h"
#include "event/call.h"

struct decoder;
struct printer;

#define CALL_ERRORS 134	/* the highest errno is EHWPOISON, 133 */

/**
 * struct call_stats - statistics of a system call
 * @recorded: the ends of these calls were recorded
 * @stats: statistics of the durations; a duration is 0 if the start of the call
 *	was not recorded
 * @failed: number of calls that failed
 * @errors: number of failed calls by error; entry 0 counts unknown errors, and
 *	failures of brk(), which returns no error
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

/* Find out which system calls were recorded. */
void calls_begin(struct calls *calls, const struct decoder *decoder);

/*
 * If @event ends a system call, count this call. @call is the call that the
 * task is currently making.
 */
void calls_event(struct calls *calls, const struct event *event,
		 const struct call *call);

const char *calls_name(enum event_call which);

/*
 * Return the name of an error in call_stats.errors, or NULL if the error has no
 * name.
 */
const char *calls_error(int error);

/*
 * Write to @text the names of the system calls that were not recorded in at
 * least one of @all, such as "mmap, munmap". Return false if @text is empty.
 */
bool calls_unrecorded(const struct calls *const *all, int count_all,
		      char *text, size_t size);

/* Print the table of the calls, and the names of the calls that were not recorded. */
void calls_text(struct printer *printer, const struct calls *calls);

#endif /* _CALLS_H */
