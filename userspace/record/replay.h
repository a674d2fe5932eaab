/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replay of a recording. The replay passes each event to callbacks, together
 * with the tasks and address spaces as they were at the time of the event.
 */
#ifndef _REPLAY_H
#define _REPLAY_H

#include "base/progress.h"
#include "event/world.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "record/trace_dat_read.h"

/**
 * struct replay - a replay; a zeroed structure is closed
 * @recording: the file
 * @meta: metadata of the recording
 * @world: tasks and address spaces
 * @symbols: symbols of code
 * @progress: progress of reading
 * @first: time when the first event of the target began, in ns; 0: no such
 *	event was read so far
 */
struct replay {
	struct trace_dat recording;
	struct meta meta;
	struct world world;
	struct symbols symbols;
	struct progress progress;
	__u64 first;
};

/**
 * struct replay_visitor - callbacks of a replay; each may be NULL
 * @begin: called before the first event
 * @record: called for each recorded event, even if the event is hidden, before
 *	the event removes any task or mapping. @call is NULL, unless @event ends
 *	a call of madvise() or mprotect(), or a call of mmap() that failed early
 * @event: called for each event of the target, after the event has removed
 *	tasks and mappings that it ends. Of the kernel's own events about
 *	signals, faults and system calls, only whole calls of madvise() and
 *	mprotect() are passed
 * @data: first argument of the callbacks
 */
struct replay_visitor {
	int (*begin)(void *data);
	int (*record)(void *data, const struct event *event,
		      const struct event *call, const struct scene *scene);
	int (*event)(void *data, const struct event *event,
		     const struct space *space);
	void *data;
};

/* Read the whole recording. Return 0, -errno, or the error of the visitor. */
int replay_read(struct replay *replay, const char *path,
		const struct replay_visitor *visitor);

/* Return the message for an error of replay_read(). */
const char *replay_why(const struct replay *replay, int err);

void replay_close(struct replay *replay);

#endif /* _REPLAY_H */
