// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of the beginnings of lines, and of the parts of the summary that do
 * not depend on the module.
 */
#include "story/parts.h"
#include "base/format.h"

static void add_task(const struct story *story, struct line *line,
		     const struct task *task)
{
	if (story->threads)
		line_add(line, BOLD, "[%u] ", task->tid);
}

void begin_line(const struct story *story, struct line *line, __u64 time,
		const struct task *task)
{
	/*
	 * Print 0 for an event on another processor that began before the first
	 * printed event.
	 */
	double ms = time > story->begin ? (time - story->begin) / 1e6 : 0;

	line_begin(line, &story->style);
	line_add(line, DIM, "%9.3f ms  ", ms);
	add_task(story, line, task);
	line->hang = line->columns + 2;
}

void continue_line(const struct story *story, struct line *line,
		   const struct task *task)
{
	struct line head;

	begin_line(story, &head, 0, task);
	line_begin(line, &story->style);
	line_to(line, head.columns);
	line->hang = head.hang;
}

void add_at(struct line *line, int column, const struct line *more)
{
	const int room = line_room(line) - more->columns;

	if (room < column - line->columns)
		column = line->columns + room;
	line_to(line, column > line->columns + 2 ? column : line->columns + 2);
	line_join(line, more);
}

void add_totals(const struct story *story, struct line *line)
{
	const struct totals *totals = &story->totals;
	char time[FORMAT_MAX];

	line_begin(line, &story->style);
	format_duration(time, totals->mmap_ns, story->style.glyphs->micro);
	line_add(line, BOLD, "%lu mmap call%s", totals->mmaps,
		 plural(totals->mmaps));
	line_add(line, PLAIN, " took %s", time);
	if (totals->mmaps_failed)
		line_add(line, RED, ", %lu failed", totals->mmaps_failed);
}

void add_totals_signals(const struct story *story, struct line *line)
{
	const struct totals *totals = &story->totals;

	if (totals->unhandled)
		line_add(line, RED, "; %lu more fault%s never reached "
			 "handle_mm_fault()", totals->unhandled,
			 plural(totals->unhandled));
	if (totals->signals)
		line_add(line, RED, "; %lu signal%s (SIGSEGV or SIGBUS)",
			 totals->signals, plural(totals->signals));
}

void add_totals_flushes(const struct story *story, struct line *line)
{
	unsigned long flushes = story->totals.flushes;

	if (flushes)
		line_add(line, PLAIN, "; %lu TLB flush%s", flushes,
			 flushes == 1 ? "" : "es");
}
