/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output in chronological order. A system call is printed when it ends, but
 * with the time when it began. The text of an event waits until every system
 * call that began before the event has ended.
 */
#ifndef _REORDER_H
#define _REORDER_H

#include "event/world.h"

#include <stdio.h>

struct reorder_text;

/** struct reorder_call - a system call that task @tid entered at @begin */
struct reorder_call {
	__u32 tid;
	__u64 begin;
};

/**
 * struct reorder - text that is waiting; if zeroed, no text is waiting
 * @calls: system calls, in the order in which they began
 * @first: index of the first of @calls that has not ended
 * @count: number of entries in @calls
 * @room: capacity of @calls
 * @texts: texts that are waiting, sorted by time
 * @last: the last of @texts
 * @bytes: total size of @texts
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

/* Note that the task has entered @task->call.enter. Return 0 or -ENOMEM. */
int reorder_enter(struct reorder *reorder, const struct task *task);

/* Return true if new text must wait. */
bool reorder_waits(struct reorder *reorder, const struct world *world);

/*
 * Insert @text into the queue at the time @time, and take ownership of @text.
 * Return 0 or -ENOMEM.
 */
int reorder_add(struct reorder *reorder, __u64 time, char *text, size_t bytes);

/*
 * If @all is set, write all text. Otherwise, write only the text that need not
 * wait any longer. Return 0 or -errno.
 */
int reorder_write(struct reorder *reorder, const struct world *world, bool all,
		  FILE *out);

void reorder_free(struct reorder *reorder);

#endif /* _REORDER_H */
