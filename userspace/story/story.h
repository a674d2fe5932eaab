/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A story describes events as readable text. story_event() must be called for
 * the events in chronological order.
 */
#ifndef _STORY_H
#define _STORY_H

#include "base/gaps.h"
#include "base/line.h"
#include "event/event.h"
#include "event/world.h"
#include "story/reorder.h"
#include "story/totals.h"

#include <stdio.h>

/**
 * struct story - a story that is being printed
 * @out: where to print
 * @style: style of the lines
 * @brief: print only one line for each call and fault
 * @levels: number of page table levels, 4 or 5
 * @device: dev and ino of /dev/mmapdemo, as in events; 0: unknown
 * @timed: fault_time events are recorded
 * @begin: time of the first event, in ns. Printed times are relative to this
 *	time
 * @threads: more than one task was seen, so each line shows its task
 * @first: the first task
 * @world: tasks and address spaces
 * @reorder: text that waits for the end of earlier calls
 * @totals: totals that the summary prints
 * @lost: number of lost events
 * @missed: number of calls of probed functions that were not observed
 * @gaps: other missing data; NULL: no other data is missing
 */
struct story {
	FILE *out;
	struct style style;
	bool brief;
	int levels;
	struct {
		__u32 dev;
		__u64 ino;
	} device;
	bool timed;
	__u64 begin;
	bool threads;
	__u32 first;
	struct world world;
	struct reorder reorder;
	struct totals totals;
	__u64 lost;
	__u64 missed;
	const struct gaps *gaps;
};

/* Print the heading, which begins with @title. Return 0 or -errno. */
int story_begin(struct story *story, const char *title);

/* Print the next event. Return 0, -ENOMEM, or the -errno of a write. */
int story_event(struct story *story, const struct event *event);

/* Print all text that is still waiting. Return 0 or -errno. */
int story_rest(struct story *story);

/* Print all text that is still waiting, then print the summary. Return 0 or -errno. */
int story_end(struct story *story);

void story_free(struct story *story);

#endif /* _STORY_H */
