/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written of a trace: the story, or JSON. */
#ifndef _OUTPUT_H
#define _OUTPUT_H

#include "base/gaps.h"
#include "base/pids.h"
#include "event/maps.h"
#include "story/story.h"

/**
 * struct output - being written
 * @json: instead of the story
 * @events: written so far
 * @story: its settings are used for both
 */
struct output {
	bool json;
	__u64 events;
	struct story story;
};

/* @dev: /dev/mmapdemo, -1: can't be opened; @stock: there is no module */
void output_open(struct output *output, FILE *out, int dev, bool stock);
void output_close(struct output *output);

/* The rest returns 0 or -errno. */

/* Before all events: @tid has mapped @maps; what it does there is hidden. */
int output_seed(struct output *output, int tid, const struct maps *maps,
		bool hide);

/* ... or it is a thread of that process. */
int output_join(struct output *output, int tid, int pid);

/* Traced is @command, or if that is NULL @pids. */
int output_begin(struct output *output, char **command,
		 const struct pids *pids);
int output_event(struct output *output, const struct event *event);
int output_end(struct output *output, __u64 lost, __u64 missed,
	       const struct gaps *gaps);

#endif /* _OUTPUT_H */
