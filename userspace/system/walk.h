/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables of a process, as /dev/mmapdemo tells them, or what pagemap
 * tells of the pages.
 */
#ifndef _WALK_H
#define _WALK_H

#include "mmapdemo.h"

#define WALK_PAGE 4096ULL

/* What the processor can address with five levels. */
#define WALK_ADDRESSES (1ULL << 56)

/**
 * struct walk - what to look at
 * @fd: /dev/mmapdemo; less than 0: there is none, only pages can be told
 * @pid: whose
 * @start: first address
 * @end: behind the last one
 * @levels: of the page table: 4 or 5
 */
struct walk {
	int fd;
	int pid;
	__u64 start;
	__u64 end;
	__u32 levels;
};

/*
 * Calls @visit for every run of entries, as struct mmapdemo_walk tells them; a
 * run of leaves is told whole. 0, -errno, or what @visit returned.
 */
int walk_runs(const struct walk *walk,
	      int (*visit)(const struct mmapdemo_run *run, void *data),
	      void *data);

/* How many levels this processor walks, if there is no device to ask. */
__u32 walk_levels(void);

/* log2 of the bytes that an entry of a level maps. */
int walk_shift(const struct walk *walk, __u32 level);

/* Behind the last address of a run. */
__u64 walk_end(const struct walk *walk, const struct mmapdemo_run *run);

/* Pages from one entry's frame, or place in swap, to the next one's. */
__u64 walk_step(const struct walk *walk, const struct mmapdemo_run *run);

#endif /* _WALK_H */
