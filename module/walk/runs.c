// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of a page table, told as runs of equal neighbours.
 *
 * Entries come in the order of a walk: one that points to a table, then what is
 * in the table. Each level continues its own last run, so that a process of
 * many tables, equal but for the pages, is told in few words.
 */
#include "common.h"
#include "walk/runs.h"

#include <linux/bits.h>

/* From one entry's frame to the next one's, where they follow each other. */
static u64 frame_step(const struct entry *entry)
{
	if (!entry->frame || entry->bits & MMAPDEMO_ENTRY_ZERO)
		return 0;
	if (entry->bits & MMAPDEMO_ENTRY_SWAP)
		return 1;
	return 1ULL << (runs_shift(entry->level) - PAGE_SHIFT);
}

/*
 * Where the walk stops for want of room, what it told must be all that begins
 * before. So a table is told only together with the way down from it.
 */
static u32 room_needed(const struct entry *entry)
{
	return entry->bits & MMAPDEMO_ENTRY_TABLE ? LEVELS - entry->level : 1;
}

static void run_begin(struct runs *runs, const struct entry *entry)
{
	struct mmapdemo_run *run = &runs->run[runs->count++];
	u64 step = frame_step(entry);

	*run = (struct mmapdemo_run){
		.address = entry->address,
		.frame = entry->frame,
		.count = 1,
		.entry = entry->bits,
		.level = BIT(entry->level),
		.swap = entry->swap,
	};
	runs->last[entry->level] = (struct runs_last){
		.run = run,
		.until = entry->address + (1ULL << runs_shift(entry->level)),
		.frame = entry->frame + step,
		.step = step,
	};
}

/**
 * mmapdemo_runs_add - tell of an entry
 * @runs: where
 * @entry: the next one of the walk, without frame and swap if those are not
 *	told; nothing happens if it was told already
 *
 * Return: false when there is no room: the walk is to stop here.
 */
bool mmapdemo_runs_add(struct runs *runs, const struct entry *entry)
{
	bool full = runs->room - runs->count < room_needed(entry);

	if (!(runs->levels & BIT(entry->level)) ||
	    entry->address < runs->last[entry->level].until)
		return true;
	if (full && entry->bits & MMAPDEMO_ENTRY_TABLE)
		return false;
	if (runs_continue(runs, entry))
		return true;
	if (full)
		return false;
	run_begin(runs, entry);
	return true;
}
