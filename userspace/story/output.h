/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written of a trace: the story, or JSON. */
#ifndef _REPORT_H
#define _REPORT_H

#include "base/gaps.h"
#include "base/pids.h"
#include "event/maps.h"
#include "story/story.h"

/**
 * struct report - being written
 * @json: instead of the story
 * @events: written so far
 * @story: its settings are used for both
 */
struct report {
	bool json;
	__u64 events;
	struct story story;
};

/* @dev: /dev/mmapdemo, -1: can't be opened; @stock: there is no module */
void report_open(struct report *report, FILE *out, int dev, bool stock);
void report_close(struct report *report);

/* The rest returns 0 or -errno. */

/* Before all events: @tid has mapped @maps; what it does there is hidden. */
int report_seed(struct report *report, int tid, const struct maps *maps,
		bool hide);

/* ... or it is a thread of that process. */
int report_join(struct report *report, int tid, int pid);

/* Traced is @command, or if that is NULL @pids. */
int report_begin(struct report *report, char **command,
		 const struct pids *pids);
int report_event(struct report *report, const struct event *event);
int report_end(struct report *report, __u64 lost, __u64 missed,
	       const struct gaps *gaps);

#endif /* _REPORT_H */
