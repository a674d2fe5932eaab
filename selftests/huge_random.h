/* SPDX-License-Identifier: GPL-2.0-only */
/* Random VMAs, whose first touches may map huge pages. */
#ifndef _MMAPDEMO_TEST_HUGE_RANDOM_H
#define _MMAPDEMO_TEST_HUGE_RANDOM_H

#include "thp_setting.h"

#include <time.h>

#define BLOCKS 4	/* that a VMA can touch */

/* Start the random numbers with the environment variable SEED, or with the time. */
static inline void random_start(void)
{
	const char *seed = getenv("SEED");
	unsigned int number = seed ? atoi(seed) : time(NULL);

	fprintf(stderr, "# SEED=%u\n", number);
	srandom(number);
}

static inline bool one_in(long n)
{
	return random() % n == 0;
}

/* Choose how many pages a VMA leaves out at the start of the first block. */
static inline size_t random_skip(void)
{
	return one_in(2) ? 0 : random() % (HUGE / page_size());
}

/* Choose the length of a VMA that may reach to the end of the last block. */
static inline size_t random_length(size_t skip)
{
	const size_t pages = BLOCKS * (HUGE / page_size()) - skip;

	return (one_in(3) ? pages : 1 + random() % pages) * page_size();
}

/* Call madvise() at random. Return the advice, or -1. */
static inline int random_advice(char *map, size_t length)
{
	static const int advice[] = { MADV_NORMAL, MADV_HUGEPAGE, MADV_NOHUGEPAGE };
	const int chosen = advice[one_in(2) ? 0 : random() % 3];

	return madvise(map, length, chosen) ? -1 : chosen;
}

/*
 * Return a random page of a block that the VMA contains, or NULL if the VMA has no page in
 * the block.
 */
static inline char *random_page(char *block, char *map, size_t length)
{
	char *start = block < map ? map : block;
	char *end = block + HUGE > map + length ? map + length : block + HUGE;

	return start >= end ? NULL :
	       page_at(start, random() % ((end - start) / page_size()));
}

#endif /* _MMAPDEMO_TEST_HUGE_RANDOM_H */
