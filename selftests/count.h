/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters, and work that causes faults, for the tests of MMAPDEMO_IOC_COUNT. */
#ifndef _MMAPDEMO_TEST_COUNT_H
#define _MMAPDEMO_TEST_COUNT_H

#include "fault.h"

/* Open a counter. Return -1 with errno on failure. */
static inline int count_open(int fd, pid_t pid, __u32 flags)
{
	struct mmapdemo_count count = {
		.size = sizeof(count), .pid = pid, .flags = flags,
	};

	return ioctl(fd, MMAPDEMO_IOC_COUNT, &count);
}

/*
 * Read a counter. Touch the buffer first, so that the copy to the buffer causes
 * no fault.
 */
static inline bool count_read(int counter, struct mmapdemo_faults *faults)
{
	memset(faults, 0xcc, sizeof(*faults));
	return read(counter, faults, sizeof(*faults)) == sizeof(*faults) &&
	       faults->size == sizeof(*faults);
}

static inline __u64 count_of(int counter, int class)
{
	struct mmapdemo_faults faults;

	return count_read(counter, &faults) ? faults.class[class].count : ~0ULL;
}

static inline __u64 faults_of(const struct mmapdemo_faults *faults)
{
	__u64 count = 0;

	for (__u32 i = 0; i < faults->classes; i++)
		count += faults->class[i].count;
	return count;
}

static inline __u64 count_sum(int counter)
{
	struct mmapdemo_faults faults;

	return count_read(counter, &faults) ? faults_of(&faults) : ~0ULL;
}

/* Write to PAGES new pages of a new mapping. The mapping causes no other faults. */
static inline void work(void)
{
	char *map = map_anon(PAGES * page_size());

	write_pages(map, PAGES);
	munmap(map, PAGES * page_size());
}

#endif /* _MMAPDEMO_TEST_COUNT_H */
