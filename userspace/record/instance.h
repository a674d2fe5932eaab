/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A private trace instance: a tracefs instance that records only our events and
 * tasks. Other users of tracefs do not disturb it. Functions that return int
 * return 0 or -errno.
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
 * @tracefs: libtracefs' handle, NULL: there is none
 * @doing: the current operation, for the error message
 * @kinds: events to record, one bit per enum event_kind; 0: those that every
 *	kernel has
 * @lock: descriptor of the directory, locked as a sign that this run is alive
 * @writes: inotify descriptor for the files of the instance, not positive: none
 * @guard: removes the instance if this run is killed
 * @disturbed: another program switched recording off before instance_stop()
 * @touched: another program wrote to the files, or read the events
 */
struct instance {
	struct tracefs_instance *tracefs;
	const char *doing;
	__u32 kinds;
	int lock;
	int writes;
	struct guard guard;
	bool disturbed;
	bool touched;
};

/*
 * Create an empty instance with a buffer of @bytes per processor, and recording
 * off. First remove the instances of runs that were killed.
 */
int instance_create(struct instance *instance, size_t bytes);

/* From now on, record the user call stack with every event. */
int instance_stacks(struct instance *instance);

/* Record TLB flushes, except those at task switches. */
int instance_flushes(struct instance *instance);

/* Record page faults of kernel code only at user addresses. */
int instance_users(struct instance *instance);

/* Record only SIGSEGV, SIGBUS, and signals that end a process. */
int instance_signals(struct instance *instance);

/* Record these tasks and their future descendants. */
int instance_follow(struct instance *instance, const int *tids, size_t count);

/* Call @visit for each followed task, until @visit fails. */
int instance_followed(struct instance *instance,
		      int (*visit)(int tid, void *data), void *data);

/* Enable the events of @kinds, then start recording. */
int instance_start(struct instance *instance);

/* Enable or disable one kind of event while recording. */
int instance_want(struct instance *instance, int kind, bool wanted);

/* Watch for access by other programs. From now on, do not write the files. */
void instance_watch(struct instance *instance);

/* Stop recording. Set @disturbed and @touched. */
void instance_stop(struct instance *instance);

/* Return the kernel's statistics of a processor. The caller frees the text. */
char *instance_stats(struct instance *instance, int cpu);

/* Return the number of events that found no room, on one or all processors. */
__u64 instance_lost_on(struct instance *instance, int cpu);
__u64 instance_lost(struct instance *instance);

/* Return the number of events of a processor that were not read. */
__u64 instance_unread_on(struct instance *instance, int cpu);

/* Remove the instance. All its files must be closed. May be called twice. */
void instance_remove(struct instance *instance);

#endif /* _INSTANCE_H */
