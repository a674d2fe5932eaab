// SPDX-License-Identifier: GPL-2.0-only
#include "story/reorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Maximum size of waiting text, in bytes. There must be a limit, because the
 * end of a call may never be recorded.
 */
#define BYTES_MAX (1U << 20)

struct reorder_text {
	struct reorder_text *next;
	struct reorder_text *before;
	__u64 time;
	size_t bytes;
	char *text;
};

/* ---- calls ---- */

int reorder_enter(struct reorder *reorder, const struct task *task)
{
	if (reorder->first == reorder->count)
		reorder->first = reorder->count = 0;
	if (reorder->count == reorder->room) {
		size_t room = reorder->room ? 2 * reorder->room : 16;
		struct reorder_call *calls = reallocarray(reorder->calls, room,
							  sizeof(*calls));

		if (!calls)
			return -ENOMEM;
		reorder->calls = calls;
		reorder->room = room;
	}
	reorder->calls[reorder->count++] = (struct reorder_call){
		task->tid, task->call.enter.time
	};
	return 0;
}

static bool reorder_over(const struct reorder_call *call,
			 const struct world *world)
{
	const struct task *task = world_task(world, call->tid);

	return !task || !task->call.entered ||
	       task->call.enter.time != call->begin;
}

bool reorder_waits(struct reorder *reorder, const struct world *world)
{
	while (reorder->first < reorder->count &&
	       reorder_over(&reorder->calls[reorder->first], world))
		reorder->first++;
	return reorder->texts || reorder->first < reorder->count;
}

/* ---- texts ---- */

/* Insert a text by its time. Texts with equal times keep their order. */
int reorder_add(struct reorder *reorder, __u64 time, char *text, size_t bytes)
{
	struct reorder_text *added = malloc(sizeof(*added));
	struct reorder_text *before = reorder->last, *next;

	if (!added) {
		free(text);
		return -ENOMEM;
	}
	while (before && before->time > time)
		before = before->before;
	next = before ? before->next : reorder->texts;
	*added = (struct reorder_text){ next, before, time, bytes, text };
	*(before ? &before->next : &reorder->texts) = added;
	*(next ? &next->before : &reorder->last) = added;
	reorder->bytes += bytes;
	return 0;
}

static void drop_first(struct reorder *reorder)
{
	struct reorder_text *text = reorder->texts;

	reorder->texts = text->next;
	*(text->next ? &text->next->before : &reorder->last) = NULL;
	reorder->bytes -= text->bytes;
	free(text->text);
	free(text);
}

int reorder_write(struct reorder *reorder, const struct world *world, bool all,
		  FILE *out)
{
	bool waits = reorder_waits(reorder, world);
	__u64 until = ~0ULL;

	if (!waits)
		return 0;
	if (!all && reorder->first < reorder->count &&
	    reorder->bytes < BYTES_MAX)
		until = reorder->calls[reorder->first].begin;
	while (reorder->texts && reorder->texts->time < until) {
		struct reorder_text *text = reorder->texts;

		if (fwrite(text->text, 1, text->bytes, out) != text->bytes)
			return errno ? -errno : -EIO;
		drop_first(reorder);
	}
	return 0;
}

void reorder_free(struct reorder *reorder)
{
	while (reorder->texts)
		drop_first(reorder);
	free(reorder->calls);
	*reorder = (struct reorder){ 0 };
}
