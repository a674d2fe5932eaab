/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording, event by event, in the world as it was then. */
#ifndef _REPLAY_H
#define _REPLAY_H

#include "base/progress.h"
#include "event/world.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "record/trace_dat_read.h"

/**
 * struct replay - all 0 is a closed one
 * @recording: the file
 * @meta: what it says of itself
 * @world: who lives where
 * @symbols: names of code
 * @progress: of reading it
 * @first: when the first event of the subject began; 0: none was read
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
 * struct replay_visitor - what to do, each NULL: nothing
 * @begin: before the events
 * @record: with each that was recorded, the hidden ones too, before what it ends is
 *	gone. @call is the whole call of the system that @event ends, or NULL
 * @event: with each of the subject, after what it ends is gone. Of the kernel's own
 *	events of faults and calls these are only whole calls of madvise() and
 *	mprotect()
 * @data: for all of them
 */
struct replay_visitor {
	int (*begin)(void *data);
	int (*record)(void *data, const struct event *event,
		      const struct event *call, const struct scene *scene);
	int (*event)(void *data, const struct event *event,
		     const struct space *space);
	void *data;
};

/* Reads all of it. 0, -errno, or what the visitor returned if that is not 0. */
int replay_read(struct replay *replay, const char *path,
		const struct replay_visitor *visitor);

/* The words for an error. */
const char *replay_why(const struct replay *replay, int err);

void replay_close(struct replay *replay);

#endif /* _REPLAY_H */
