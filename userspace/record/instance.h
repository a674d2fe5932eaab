/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A private tracefs instance, which records only events and tasks that this
 * program has selected. Tracing in other instances does not affect this instance.
 * Functions that return int return 0 or -errno.
 */
#ifndef _INSTANCE_H
#define _INSTANCE_H

#include "system/guard.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct tracefs_instance;

/**
 * struct instance - a trace instance
 * @tracefs: handle of libtracefs; NULL: there is no instance
 * @doing: name of the current operation, for the error message
 * @kinds: events to record, one bit per enum event_kind; 0: EVENTS_MODULE
 * @lock: descriptor of the instance's directory; the lock on this descriptor
 *	shows that this run is alive
 * @writes: inotify descriptor for the files of the instance; 0 or -1: none
 * @guard: process that removes the instance if this run is killed
 * @disturbed: another program disabled an event or switched off recording before
 *	instance_stop()
 * @touched: another program wrote to the files of the instance, or read its
 *	events
 */
struct instance {
	struct tracefs_instance *tracefs;
	const char *doing;
	__u64 kinds;
	int lock;
	int writes;
	struct guard guard;
	bool disturbed;
	bool touched;
};

/*
 * Remove the instances of runs that were killed, then create an instance that
 * does not record yet. The new instance has a buffer of at most @bytes per
 * processor.
 */
int instance_create(struct instance *instance, size_t bytes);

/* Record the user call stack with every later event. */
int instance_stacks(struct instance *instance);

/* Record TLB flushes, except the flushes at task switches. */
int instance_flushes(struct instance *instance);

/* Record page faults of kernel code only if they are at user addresses. */
int instance_users(struct instance *instance);

/* Of all signals, record only SIGSEGV, SIGBUS, and signals that end a process. */
int instance_signals(struct instance *instance);

/* Record the events of the tasks @tids, and of their future descendants. */
int instance_follow(struct instance *instance, const int *tids, size_t count);

/* Call @visit for each task whose events are recorded, until @visit fails. */
int instance_followed(struct instance *instance,
		      int (*visit)(int tid, void *data), void *data);

/* Enable the events in @kinds, then start recording. */
int instance_start(struct instance *instance);

/* Enable or disable one kind of event while recording. */
int instance_want(struct instance *instance, int kind, bool wanted);

/*
 * Begin to watch for access by other programs. After instance_watch(), this
 * program must not write to the files of the instance.
 */
void instance_watch(struct instance *instance);

/* Stop recording. Set @disturbed and @touched. */
void instance_stop(struct instance *instance);

/* Return the statistics of a processor's buffer. The caller frees the text. */
char *instance_stats(struct instance *instance, int cpu);

/*
 * Return the number of events for which the buffer had no room, on one
 * processor or on all processors.
 */
__u64 instance_lost_on(struct instance *instance, int cpu);
__u64 instance_lost(struct instance *instance);

/* Return the number of a processor's events that have not been read. */
__u64 instance_unread_on(struct instance *instance, int cpu);

/*
 * Remove the instance. All files of the instance must be closed. A second call
 * does nothing.
 */
void instance_remove(struct instance *instance);

#endif /* _INSTANCE_H */
