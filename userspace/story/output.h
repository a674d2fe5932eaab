/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of mmapdemo trace, either as text (the story) or as JSON. */
#ifndef _OUTPUT_H
#define _OUTPUT_H

#include "base/gaps.h"
#include "base/pids.h"
#include "event/maps.h"
#include "story/story.h"

/**
 * struct output - output that is being written
 * @json: write JSON instead of the story
 * @events: number of events written so far
 * @story: the story; its settings also apply to JSON
 */
struct output {
	bool json;
	__u64 events;
	struct story story;
};

/*
 * @dev is a descriptor of /dev/mmapdemo, or -1 if the device can't be opened.
 * @stock is set if the module is not loaded.
 */
void output_open(struct output *output, FILE *out, int dev, bool stock);
void output_close(struct output *output);

/* The following functions return 0 or -errno. */

/*
 * Before the first event, note that task @tid has the mappings @maps. If @hide
 * is set, do not print the events of the task.
 */
int output_seed(struct output *output, int tid, const struct maps *maps,
		bool hide);

/* Before the first event, note that @tid is a thread of process @pid. */
int output_join(struct output *output, int tid, int pid);

/* Begin the output of a trace of @command, or of @pids if @command is NULL. */
int output_begin(struct output *output, char **command,
		 const struct pids *pids);
int output_event(struct output *output, const struct event *event);
int output_end(struct output *output, __u64 lost, __u64 missed,
	       const struct gaps *gaps);

#endif /* _OUTPUT_H */
