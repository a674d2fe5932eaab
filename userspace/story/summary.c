// SPDX-License-Identifier: GPL-2.0-only
/* Output of the story's heading and summary. */
#include "base/format.h"
#include "story/parts.h"

#include <errno.h>
#include <stdio.h>

int print_heading(const struct story *story, const char *title)
{
	const struct glyphs *glyphs = story->style.glyphs;
	struct line line;
	int err;

	line_begin(&line, &story->style);
	line_add(&line, BOLD, "%s", title);
	err = line_end(&line, story->out);
	if (!err && story->world.stock)
		return print_stock_heading(story);
	if (err || story->brief)
		return err;
	line_begin(&line, &story->style);
	line_add(&line, DIM, "page table entries: %s was there  %s filled now  "
		 "%s changed  %s still empty", glyphs->there, glyphs->filled,
		 glyphs->replaced, glyphs->empty);
	if (story->levels == 4)
		line_add(&line, DIM, "  %s folded: this machine has 4 levels",
			 glyphs->folded);
	return line_end(&line, story->out);
}

static int summary_mmap(const struct story *story)
{
	const struct totals *totals = &story->totals;
	struct line line;

	add_totals(story, &line);
	line_add(&line, PLAIN, "; all calls together (including brk, mprotect "
		 "and exec): %lu new VMA%s, %lu merge%s with a neighbour, "
		 "%lu split%s, %lu VMA%s unmapped",
		 totals->links, plural(totals->links), totals->merges,
		 plural(totals->merges),
		 totals->splits, plural(totals->splits), totals->unlinked,
		 plural(totals->unlinked));
	if (totals->copies)
		line_add(&line, PLAIN, "; %lu fork%s", totals->copies,
			 plural(totals->copies));
	return line_end(&line, story->out);
}

static int summary_faults(const struct story *story)
{
	const struct totals *totals = &story->totals;
	const char *separator = ": ";
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, &story->style);
	line_add(&line, BOLD, "%lu fault%s", totals->faults,
		 plural(totals->faults));
	format_duration(time, totals->fault_ns, story->style.glyphs->micro);
	line_add(&line, PLAIN, " took %s", time);
	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		if (!totals->classes[i])
			continue;
		line_add(&line, PLAIN, "%s%lu %s", separator,
			 totals->classes[i], name_of(names_class, i));
		separator = ", ";
	}
	if (totals->majors)
		line_add(&line, RED, "; %lu major", totals->majors);
	if (totals->awaited)
		line_add(&line, YELLOW, "; %lu %s", totals->awaited,
			 story->timed ? "more waited for the disk" :
					"retried for the page cache");
	if (totals->untimed)
		line_add(&line, YELLOW, "; %lu of unknown duration",
			 totals->untimed);
	if (totals->retried)
		line_add(&line, YELLOW, "; %lu retried", totals->retried);
	add_totals_signals(story, &line);
	add_totals_flushes(story, &line);
	return line_end(&line, story->out);
}

/*
 * Print how many events were lost, and how many calls of probed functions were
 * missed. Because of these losses, the figures can be too low.
 */
static int summary_losses(const struct story *story)
{
	unsigned long long lost = story->lost, missed = story->missed;
	struct line line;

	if (!lost && !missed)
		return 0;
	line_begin(&line, &story->style);
	if (lost)
		line_add(&line, RED, "%llu event%s lost", lost,
			 lost == 1 ? " was" : "s were");
	if (missed)
		line_add(&line, RED, "%s%llu kernel function call%s not observed",
			 lost ? "; " : "", missed,
			 missed == 1 ? " was" : "s were");
	line_add(&line, RED, ": these figures can be too low");
	return line_end(&line, story->out);
}

/* Print the list of missing data, one gap in each line. */
static int summary_gaps(const struct story *story)
{
	const int count = story->gaps ? story->gaps->count : 0;
	struct line line;
	int err = 0;

	for (int i = 0; !err && i < count; i++) {
		line_begin(&line, &story->style);
		line_add(&line, RED, "%s", story->gaps->list[i]);
		err = line_end(&line, story->out);
	}
	return err;
}

int print_summary(const struct story *story)
{
	int err;

	if (putc('\n', story->out) < 0)
		return -errno;
	if (story->world.stock)
		err = print_stock_summary(story);
	else
		err = summary_mmap(story) ?: summary_faults(story);
	if (!err)
		err = summary_losses(story) ?: summary_gaps(story);
	if (!err && fflush(story->out))
		err = -errno;
	return err;
}
