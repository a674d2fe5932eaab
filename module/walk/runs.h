/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of page table entries: neighbouring entries that are equal. */
#ifndef _MMAPDEMO_RUNS_H
#define _MMAPDEMO_RUNS_H

#include "mmapdemo.h"

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/types.h>

/* Page table levels, numbered from the root down. With four levels, P4D is not used. */
enum table_level { LEVEL_PGD, LEVEL_P4D, LEVEL_PUD, LEVEL_PMD, LEVEL_PTE, LEVELS };

/**
 * struct runs_last - the last run of a level, and the entry that would continue
 *	it
 * @run: the run, or NULL if the level has no run yet
 * @until: entries below this address are already recorded
 * @frame: page frame that an entry must have to continue @run
 * @step: difference between the page frames of two neighbouring entries
 */
struct runs_last {
	struct mmapdemo_run *run;
	u64 until;
	u64 frame;
	u64 step;
};

/**
 * struct runs - the runs recorded so far
 * @run: the caller's array of runs
 * @room: number of elements of @run
 * @count: number of runs recorded so far
 * @levels: MMAPDEMO_LEVEL_* of the levels to record
 * @frames: true to record page frames and offsets in swap areas
 * @last: last run of each level
 */
struct runs {
	struct mmapdemo_run *run;
	u32 room;
	u32 count;
	u32 levels;
	bool frames;
	struct runs_last last[LEVELS];
};

/**
 * struct entry - a decoded page table entry
 * @level: level of the entry
 * @address: first address that the entry maps
 * @bits: MMAPDEMO_ENTRY_*
 * @frame: page frame, or offset in the swap area; 0 if the entry has neither
 * @swap: number of the swap area, if any
 */
struct entry {
	enum table_level level;
	u64 address;
	u32 bits;
	u64 frame;
	u32 swap;
};

/* Return log2 of the number of bytes that an entry of a level maps. */
static __always_inline unsigned int runs_shift(enum table_level level)
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

/*
 * If an entry continues the last run of its level, add the entry to the run,
 * and return true.
 */
static __always_inline bool runs_continue(struct runs *runs,
					  const struct entry *entry)
{
	struct runs_last *last = &runs->last[entry->level];

	if (!last->run || entry->address != last->until ||
	    entry->bits != last->run->entry || entry->frame != last->frame ||
	    entry->swap != last->run->swap || last->run->count == U32_MAX)
		return false;
	last->run->count++;
	last->until += 1ULL << runs_shift(entry->level);
	last->frame += last->step;
	return true;
}

bool mmapdemo_runs_add(struct runs *runs, const struct entry *entry);

#endif /* _MMAPDEMO_RUNS_H */
