// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of where the time of a fault went, and of the waits for mmap_lock in calls.
 */
#include "base/format.h"
#include "event/fault_parts.h"
#include "story/parts.h"

#include <string.h>

typedef unsigned long long ull;

#define BEFORE FAULT_PARTS	/* index of slow_event.lock_before */

/**
 * struct share - a part of the time for which the program waited
 * @part: an enum fault_part, or BEFORE
 * @ns: the time
 */
struct share {
	int part;
	__s64 ns;
};

/* Sort the known parts, the largest first. Return the number of parts. */
static int sort_shares(const struct slow_event *slow,
		       struct share shares[FAULT_PARTS + 1])
{
	int count = 0, at;

	for (int part = 0; part <= BEFORE; part++) {
		const __s64 ns = part == BEFORE ? slow->lock_before :
				 fault_part(slow, part);

		if (ns <= 0)
			continue;
		for (at = count++; at && shares[at - 1].ns < ns; at--)
			shares[at] = shares[at - 1];
		shares[at] = (struct share){ part, ns };
	}
	return count;
}

void add_holder(struct line *line, __u32 holder, __s64 nr)
{
	char call[NAME_CALL_MAX];

	if (!holder)
		return;
	line_add(line, PLAIN, ", held by %u", holder);
	if (nr >= 0)
		line_add(line, PLAIN, " in %s", name_call(call, nr));
}

static void add_amount(struct line *line, const struct slow_event *slow,
		       int part)
{
	char size[FORMAT_MAX];

	if (part == PART_IO && slow->read_bytes)
		line_add(line, PLAIN, " (%s read)",
			 format_size(size, slow->read_bytes));
	else if (part == PART_RECLAIM && slow->reclaimed)
		line_add(line, PLAIN, " (%llu page%s reclaimed)",
			 (ull)slow->reclaimed, plural(slow->reclaimed));
}

/* Return true if the largest part of @slow is a sleep, so that its place matters. */
static bool slept(const struct share *largest)
{
	return largest->part == PART_SLEEP || largest->part == PART_IO ||
	       largest->part == PART_RECLAIM_SLEEP;
}

static void add_time(struct line *line, const struct share *share, bool first)
{
	const int part = share->part;
	char time[FORMAT_MAX];

	line_add(line, first && part != PART_WORK ? YELLOW : PLAIN, "%s %s",
		 format_duration(time, share->ns, line->style->glyphs->micro),
		 part == BEFORE ? WORDS_LOCK_BEFORE : fault_parts[part].words);
}

/* Add the task that held mmap_lock during the longer wait for the lock. */
static void add_share_holder(struct line *line, const struct slow_event *slow,
			     int part)
{
	if (part == (slow->lock_before >= slow->lock ? BEFORE : PART_LOCK))
		add_holder(line, slow->holder, slow->holder_nr);
}

static void add_share(struct line *line, const struct slow_event *slow,
		      const struct share *share, bool first)
{
	char where[EVENT_NAME_MAX];

	add_time(line, share, first);
	add_amount(line, slow, share->part);
	if (*slow->where && (share->part == PART_SLEEP || (first && slept(share))))
		line_add(line, PLAIN, " in %s", fault_asleep_in(slow, where));
	add_share_holder(line, slow, share->part);
}

void add_largest_part(struct line *line, const struct slow_event *slow,
		      const char *before)
{
	struct share shares[FAULT_PARTS + 1];

	if (!sort_shares(slow, shares) || shares[0].part == PART_WORK)
		return;
	line_add(line, PLAIN, "%s", before);
	add_time(line, shares, /* first = */ true);
	add_share_holder(line, slow, shares[0].part);
}

void add_fault_time(struct line *line, const struct slow_event *slow)
{
	struct share shares[FAULT_PARTS + 1];
	const int count = sort_shares(slow, shares);
	const __u64 all = slow->duration +
			  (slow->lock_before > 0 ? slow->lock_before : 0);

	for (int i = 0; i < count; i++) {
		if (i && (shares[i].ns < 1000 || (__u64)shares[i].ns < all / 100))
			break;
		line_add(line, PLAIN, "%s", i ? ", " : "");
		add_share(line, slow, &shares[i], !i);
	}
	if (!fault_parts_known(slow))
		line_add(line, PLAIN, "%swhere the time went is not known, "
			 "because too many tasks waited at the same time",
			 count ? "; " : "");
}

int print_fault_time(const struct story *story, const struct slow_event *slow,
		     const struct task *task)
{
	struct line line;

	continue_line(story, &line, task);
	add_fault_time(&line, slow);
	return line_end(&line, story->out);
}

void add_lock_wait(struct line *line, const struct lock_event *wait)
{
	char time[FORMAT_MAX];

	line_add(line, YELLOW, "waited %s for mmap_lock",
		 format_duration(time, wait->duration,
				 line->style->glyphs->micro));
	add_holder(line, wait->holder, wait->holder_nr);
}
