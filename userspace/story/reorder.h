/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text in the order of the times that it tells: a call of the system is told when
 * it is over, by the time when it began, and other tasks go on meanwhile. What is
 * told of them waits until every call that began before it is over.
 */
#ifndef _REORDER_H
#define _REORDER_H

#include "event/world.h"

#include <stdio.h>

struct reorder_text;

/** struct reorder_call - a task that was in a call since @begin */
struct reorder_call {
	__u32 tid;
	__u64 begin;
};

/**
 * struct reorder - all 0: nothing waits
 * @calls: in the order in which they began
 * @first: of @calls: those before it are over
 * @count: of @calls
 * @room: of @calls
 * @texts: what waits, by time
 * @last: the last of it
 * @bytes: of it
 */
struct reorder {
	struct reorder_call *calls;
	size_t first;
	size_t count;
	size_t room;
	struct reorder_text *texts;
	struct reorder_text *last;
	size_t bytes;
};

/* The task is in @task->call.enter now. 0 or -ENOMEM. */
int reorder_enter(struct reorder *reorder, const struct task *task);

/* Does anything have to wait? */
bool reorder_waits(struct reorder *reorder, const struct world *world);

/* @text, from malloc(), is about @time: it waits. 0 or -ENOMEM. */
int reorder_add(struct reorder *reorder, __u64 time, char *text, size_t bytes);

/* Writes what need not wait any longer; or, if @all, what waits. 0 or -errno. */
int reorder_write(struct reorder *reorder, const struct world *world, bool all,
		  FILE *out);

void reorder_free(struct reorder *reorder);

#endif /* _REORDER_H */
