// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file records page table entries as runs. A run consists of neighbouring
 * entries that are equal.
 *
 * Entries are recorded in the order of a walk: an entry that points to a table
 * comes before the entries in that table. An entry can continue the last run of
 * its level, even if runs of other levels were added meanwhile. So a few runs
 * can represent many tables whose entries differ only in their pages.
 */
#include "common.h"
#include "walk/runs.h"

#include <linux/bits.h>

/*
 * Return the difference between the page frames, or the swap offsets, of two
 * neighbouring entries of a run.
 */
static u64 frame_step(const struct entry *entry)
{
	if (!entry->frame || entry->bits & MMAPDEMO_ENTRY_ZERO)
		return 0;
	if (entry->bits & MMAPDEMO_ENTRY_SWAP)
		return 1;
	return 1ULL << (runs_shift(entry->level) - PAGE_SHIFT);
}

/*
 * Return the number of unused runs that are required before the walk may record
 * an entry. When the walk stops for lack of room, all entries that begin below
 * the address where it stops must have been recorded. So an entry that points
 * to a table also needs room for one entry of each lower level.
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
 * mmapdemo_runs_add - add an entry to the runs
 * @runs: the runs so far
 * @entry: the next entry of the walk. entry->frame and entry->swap are 0 if
 *	they should not be recorded. An entry that is already recorded is
 *	ignored
 *
 * Return: true, or false if there is no room for the entry, so that the walk
 * must stop before this entry.
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
