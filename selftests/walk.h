/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for MMAPDEMO_IOC_WALK: walks through whole ranges, and lookups by
 * address.
 */
#ifndef _MMAPDEMO_TEST_WALK_H
#define _MMAPDEMO_TEST_WALK_H

#include "device.h"

/* All runs that were returned by walks through a range. */
struct walked {
	struct mmapdemo_run *run;
	size_t count;
	int calls;
};

static int pgd_shift;	/* set by walk_range() */

/*
 * Return log2 of the number of bytes that one page table entry of a level maps
 * on x86.
 */
static inline int level_shift(__u32 level)
{
	switch (level) {
	case MMAPDEMO_LEVEL_PTE:
		return 12;
	case MMAPDEMO_LEVEL_PMD:
		return 21;
	case MMAPDEMO_LEVEL_PUD:
		return 30;
	case MMAPDEMO_LEVEL_P4D:
		return 39;
	default:
		return pgd_shift;
	}
}

static inline __u64 run_end(const struct mmapdemo_run *run)
{
	return run->address + ((__u64)run->count << level_shift(run->level));
}

/*
 * Return the page frame or the swap offset that the entry after a run must have
 * to continue the run.
 */
static inline __u64 run_next_frame(const struct mmapdemo_run *run)
{
	__u64 step = run->entry & MMAPDEMO_ENTRY_SWAP ? 1 :
		     1ULL << (level_shift(run->level) - 12);

	if (!run->frame || run->entry & MMAPDEMO_ENTRY_ZERO)
		return run->frame;
	return run->frame + run->count * step;
}

/*
 * Add a run to a list. If the run continues the last run of its level, extend
 * the last run instead.
 */
static inline void walked_add(struct walked *walked,
			      const struct mmapdemo_run *run)
{
	for (size_t i = walked->count; i--;) {
		struct mmapdemo_run *last = &walked->run[i];

		if (last->level != run->level)
			continue;
		if (last->entry != run->entry || last->swap != run->swap ||
		    run_end(last) != run->address ||
		    run_next_frame(last) != run->frame)
			break;
		last->count += run->count;
		return;
	}
	walked->run = realloc(walked->run,
			      (walked->count + 1) * sizeof(*walked->run));
	walked->run[walked->count++] = *run;
}

/*
 * Walk through a range, in as many calls as needed. Store all runs in @walked.
 * Return 0, or the errno of a failed call.
 */
static inline int walk_range(int fd, const struct mmapdemo_walk *what,
			     struct walked *walked)
{
	struct mmapdemo_walk walk = *what;
	struct mmapdemo_run *run = calloc(walk.room, sizeof(*run));
	int err = 0;

	pgd_shift = device_info(fd).levels == 5 ? 48 : 39;
	memset(walked, 0, sizeof(*walked));
	walk.size = sizeof(walk);
	walk.runs = (uintptr_t)run;
	do {
		walk.count = ~0U;
		if (ioctl(fd, MMAPDEMO_IOC_WALK, &walk)) {
			err = errno;
			break;
		}
		walked->calls++;
		for (__u32 i = 0; i < walk.count; i++)
			walked_add(walked, &run[i]);
	} while (walk.start < walk.end);
	free(run);
	return err;
}

/* Walk through a range of this process, at all levels. */
static inline int walk_here(int fd, const void *start, size_t length,
			    struct walked *walked)
{
	struct mmapdemo_walk walk = {
		.start = (uintptr_t)start,
		.end = (uintptr_t)start + length,
		.room = 4096,
	};

	return walk_range(fd, &walk, walked);
}

static inline void walked_free(struct walked *walked)
{
	free(walked->run);
	memset(walked, 0, sizeof(*walked));
}

/*
 * Return the run at a level that covers an address. Return NULL if there is no
 * entry.
 */
static inline const struct mmapdemo_run *
walked_at(const struct walked *walked, __u32 level, const void *address)
{
	for (size_t i = 0; i < walked->count; i++) {
		const struct mmapdemo_run *run = &walked->run[i];

		if (run->level == level && run->address <= (uintptr_t)address &&
		    (uintptr_t)address < run_end(run))
			return run;
	}
	return NULL;
}

/* Return the run of leaf entries, at any level, that maps an address. */
static inline const struct mmapdemo_run *
walked_leaf(const struct walked *walked, const void *address)
{
	const struct mmapdemo_run *run;

	run = walked_at(walked, MMAPDEMO_LEVEL_PTE, address) ?:
	      walked_at(walked, MMAPDEMO_LEVEL_PMD, address) ?:
	      walked_at(walked, MMAPDEMO_LEVEL_PUD, address);
	return run && !(run->entry & MMAPDEMO_ENTRY_TABLE) ? run : NULL;
}

/* Return the page frame at an address that is mapped by a run of leaf entries. */
static inline __u64 run_frame(const struct mmapdemo_run *run,
			      const void *address)
{
	__u64 page = ((uintptr_t)address - run->address) / page_size();

	if (run->entry & MMAPDEMO_ENTRY_ZERO)
		page %= 1ULL << (level_shift(run->level) - 12);
	return run->frame + page;
}

/*
 * Return the number of entries at a level. If @level is 0, return the number at
 * all levels.
 */
static inline __u64 walked_entries(const struct walked *walked, __u32 level)
{
	__u64 count = 0;

	for (size_t i = 0; i < walked->count; i++)
		if (!level || walked->run[i].level == level)
			count += walked->run[i].count;
	return count;
}

#endif /* _MMAPDEMO_TEST_WALK_H */
