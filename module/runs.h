/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries of a page table, told as runs of equal neighbours. */
#ifndef _MMAPDEMO_RUNS_H
#define _MMAPDEMO_RUNS_H

#include "mmapdemo.h"

#include <linux/types.h>

/* Levels by number, from the root down. With four, P4D is not in use. */
enum table_level { LEVEL_PGD, LEVEL_P4D, LEVEL_PUD, LEVEL_PMD, LEVEL_PTE, LEVELS };

/**
 * struct runs - the runs told so far
 * @run: the caller's array
 * @room: how many fit
 * @count: how many there are
 * @levels: MMAPDEMO_LEVEL_* to tell of
 * @frames: tell page frames and places in swap
 * @told: for each level, the address up to which entries were told
 * @last: for each level, the run that the next entry may continue
 */
struct runs {
	struct mmapdemo_run *run;
	u32 room;
	u32 count;
	u32 levels;
	bool frames;
	u64 told[LEVELS];
	struct mmapdemo_run *last[LEVELS];
};

/**
 * struct entry - one entry, decoded
 * @level: where it is
 * @address: the first that it maps
 * @bits: MMAPDEMO_ENTRY_*
 * @frame: page frame, or offset in the swap area; 0: none
 * @swap: which swap area
 */
struct entry {
	enum table_level level;
	u64 address;
	u32 bits;
	u64 frame;
	u32 swap;
};

unsigned int mmapdemo_runs_shift(enum table_level level);
bool mmapdemo_runs_add(struct runs *runs, const struct entry *entry);

#endif /* _MMAPDEMO_RUNS_H */
