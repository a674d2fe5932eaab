/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace buffer of our own: a tracefs instance that nobody else disturbs, with
 * our events and our tasks only. All functions return 0 or -errno.
 */
#ifndef _INSTANCE_H
#define _INSTANCE_H

#include "system/guard.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct tracefs_instance;

/**
 * struct instance - the buffer
 * @tracefs: libtracefs' handle, NULL: there is none
 * @doing: what failed, for the error message
 * @kinds: of events to record, one bit per enum event_kind; 0: all that every
 *	kernel has
 * @lock: on its folder: this run lives
 * @writes: inotify's news of writes to its files, 0: there are none
 * @guard: removes it if this run is killed
 * @disturbed: another program switched it off before instance_stop()
 * @touched: another program wrote to its files, or read its events
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
 * An empty one, not yet recording; @bytes for each processor. Those of runs that
 * were killed are removed before.
 */
int instance_create(struct instance *instance, size_t bytes);

/* The call stacks of programs with every event, from now on. */
int instance_stacks(struct instance *instance);

/* Flushes of the TLB, too, those of task switches excepted. */
int instance_flushes(struct instance *instance);

/* Of the faults that the kernel has those in memory of users only. */
int instance_users(struct instance *instance);

/* Of the signals those of bad memory, and those that end a process. */
int instance_signals(struct instance *instance);

/* Records what these tasks do, and all they fork. */
int instance_follow(struct instance *instance, const int *tids, size_t count);

/* Calls @visit for all that are followed, until that fails. */
int instance_followed(struct instance *instance,
		      int (*visit)(int tid, void *data), void *data);

/* Enables @kinds of events, then records. */
int instance_start(struct instance *instance);

/* One kind more, or less, while it records. */
int instance_want(struct instance *instance, int kind, bool wanted);

/* From here on nobody should write to its files; we do not. */
void instance_watch(struct instance *instance);

/* Ends recording; says whether it was on till now. */
void instance_stop(struct instance *instance);

/* What the kernel counted on a processor, as text to free; NULL: nothing. */
char *instance_stats(struct instance *instance, int cpu);

/* Events that found no room in the buffer: of a processor, of all. */
__u64 instance_lost_on(struct instance *instance, int cpu);
__u64 instance_lost(struct instance *instance);

/* Events of a processor that nobody read. */
__u64 instance_unread_on(struct instance *instance, int cpu);

/* Every file of it must be closed. Can be called twice. */
void instance_remove(struct instance *instance);

#endif /* _INSTANCE_H */
