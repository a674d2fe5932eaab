// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of a page table, told as runs of equal neighbours.
 *
 * Entries come in the order of a walk: one that points to a table, then what is
 * in the table. Each level continues its own last run, so that a process of
 * many tables, equal but for the pages, is told in few words.
 */
#include "common.h"
#include "runs.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

/** mmapdemo_runs_shift - log2 of the bytes that an entry of a level maps */
unsigned int mmapdemo_runs_shift(enum table_level level)
{
	switch (level) {
	case LEVEL_PGD:
		return PGDIR_SHIFT;
	case LEVEL_P4D:
		return P4D_SHIFT;
	case LEVEL_PUD:
		return PUD_SHIFT;
	case LEVEL_PMD:
		return PMD_SHIFT;
	default:
		return PAGE_SHIFT;
	}
}

/* From one entry's frame to the next one's, where they follow each other. */
static u64 frame_step(const struct entry *entry)
{
	if (!entry->frame || entry->bits & MMAPDEMO_ENTRY_ZERO)
		return 0;
	if (entry->bits & MMAPDEMO_ENTRY_SWAP)
		return 1;
	return 1ULL << (mmapdemo_runs_shift(entry->level) - PAGE_SHIFT);
}

static bool run_continues(const struct mmapdemo_run *run,
			  const struct entry *entry)
{
	unsigned int shift = mmapdemo_runs_shift(entry->level);

	return run && run->count < U32_MAX &&
	       run->entry == entry->bits && run->swap == entry->swap &&
	       run->address + ((u64)run->count << shift) == entry->address &&
	       run->frame + run->count * frame_step(entry) == entry->frame;
}

/*
 * Where the walk stops for want of room, what it told must be all that begins
 * before. So a table is told only together with the way down from it.
 */
static u32 room_needed(const struct entry *entry)
{
	return entry->bits & MMAPDEMO_ENTRY_TABLE ? LEVELS - entry->level : 1;
}

/**
 * mmapdemo_runs_add - tell of an entry
 * @runs: where
 * @entry: the next one of the walk; nothing happens if it was told already
 *
 * Return: false when there is no room: the walk is to stop here.
 */
bool mmapdemo_runs_add(struct runs *runs, const struct entry *entry)
{
	struct mmapdemo_run **last = &runs->last[entry->level];
	struct entry shown = *entry;
	bool continues, full;

	if (!(runs->levels & BIT(entry->level)) ||
	    entry->address < runs->told[entry->level])
		return true;
	if (!runs->frames) {
		shown.frame = 0;
		shown.swap = 0;
	}
	continues = run_continues(*last, &shown);
	full = runs->room - runs->count < room_needed(entry);
	if (full && !(continues && !(entry->bits & MMAPDEMO_ENTRY_TABLE)))
		return false;

	runs->told[entry->level] = entry->address +
		(1ULL << mmapdemo_runs_shift(entry->level));
	if (continues) {
		(*last)->count++;
		return true;
	}
	*last = &runs->run[runs->count++];
	**last = (struct mmapdemo_run){
		.address = shown.address,
		.frame = shown.frame,
		.count = 1,
		.entry = shown.bits,
		.level = BIT(entry->level),
		.swap = shown.swap,
	};
	return true;
}
