// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of TLB flushes, either in the line of the event that caused the
 * flushes or in separate lines.
 */
#include "story/parts.h"

#include <string.h>

typedef unsigned long long ull;

static void add_flush(struct line *line, const struct flush_event *flush)
{
	if (flush->reason == FLUSH_WRONG_CPU) {
		line_add(line, PLAIN, "requested, but no longer needed");
		return;
	}
	if (flush->pages == FLUSH_ALL)
		line_add(line, PLAIN, "all entries");
	else
		line_add(line, PLAIN, "%llu page%s", (ull)flush->pages,
			 flush->pages == 1 ? "" : "s");
	if (flush->reason == FLUSH_SEND)
		line_add(line, YELLOW, " on other processors");
	else if (flush->reason == FLUSH_REMOTE)
		line_add(line, YELLOW, " for another processor");
}

void add_flushes(struct line *line, const struct task *task,
		 const char *before)
{
	for (int i = 0; i < task->call.flushed; i++) {
		line_add(line, PLAIN, "%s", i ? ", " : before);
		add_flush(line, &task->call.flushes[i].flush);
	}
}

static int print_flush(const struct story *story, __u64 time,
		       const struct flush_event *flush, const struct task *task)
{
	struct line line;

	if (story->brief)
		return 0;
	begin_line(story, &line, time, task);
	line_add(&line, CYAN, "TLB flush");
	line_add(&line, PLAIN, ": ");
	add_flush(&line, flush);
	return line_end(&line, story->out);
}

int print_flushes(const struct story *story, struct task *task,
		  __u64 begin)
{
	struct call *call = &task->call;
	int err = 0, shown = 0;

	while (!err && shown < call->flushed &&
	       call->flushes[shown].time < begin) {
		err = print_flush(story, call->flushes[shown].time,
				  &call->flushes[shown].flush, task);
		shown++;
	}
	call->flushed -= shown;
	memmove(call->flushes, call->flushes + shown,
		call->flushed * sizeof(call->flushes[0]));
	return err;
}

int print_foreign_flush(const struct story *story, const struct event *event,
			const struct task *task)
{
	return print_flush(story, event->time, &event->flush, task);
}
