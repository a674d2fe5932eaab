/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walk of the page tables of a process. Without the device, only the pages of
 * the process are known.
 */
#ifndef _WALK_H
#define _WALK_H

#include "mmapdemo.h"

#define WALK_PAGE 4096ULL

/* Size of the user address space with five page table levels. */
#define WALK_ADDRESSES (1ULL << 56)

/**
 * struct walk - the range to walk
 * @fd: /dev/mmapdemo; negative: there is no device, so only pages are known
 * @pid: process to walk
 * @start: first address
 * @end: address after the last address
 * @levels: number of page table levels, 4 or 5
 */
struct walk {
	int fd;
	int pid;
	__u64 start;
	__u64 end;
	__u32 levels;
};

/*
 * Call @visit for every run of entries; see struct mmapdemo_run. If a run
 * continues the previous run, both become one run. Return 0, -errno, or the
 * error of @visit.
 */
int walk_runs(const struct walk *walk,
	      int (*visit)(const struct mmapdemo_run *run, void *data),
	      void *data);

/* Return the number of page table levels in use. The device is not needed. */
__u32 walk_levels(void);

/* Return log2 of the number of bytes that an entry at a level maps. */
int walk_shift(const struct walk *walk, __u32 level);

/* Return the first address after a run. */
__u64 walk_end(const struct walk *walk, const struct mmapdemo_run *run);

/*
 * Return by how much the frame number or the swap offset grows from one entry
 * of a run to the next entry.
 */
__u64 walk_step(const struct walk *walk, const struct mmapdemo_run *run);

#endif /* _WALK_H */
