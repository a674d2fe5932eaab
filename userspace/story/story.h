/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events as a person would tell them. Events go in, in the order of their
 * time; text comes out. No other input or output.
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
 * struct story - being told
 * @out: where to
 * @style: how
 * @brief: one line for each call and fault
 * @levels: of the page table: 4 or 5
 * @device: dev and ino of /dev/mmapdemo, as in events; 0: not known
 * @begin: what times are relative to: the first event
 * @threads: more than one task was seen: lines say which
 * @first: the first task
 * @world: who lives where
 * @reorder: what is told, until its turn comes
 * @sum: for the end
 * @lost: events that are not in it
 * @missed: calls that could not be observed
 * @gaps: what else is missing, NULL: nothing
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

/* The heading: what is traced, and what the signs mean. 0 or -errno. */
int story_begin(struct story *story, const char *title);

/* The next event. 0 or -errno: no memory, or @out can't be written. */
int story_event(struct story *story, const struct event *event);

/* What is not yet told. 0 or -errno. */
int story_rest(struct story *story);

/* ... and the summary. */
int story_end(struct story *story);

void story_free(struct story *story);

#endif /* _STORY_H */
