/* SPDX-License-Identifier: GPL-2.0-only */
/* A swap area that belongs to the test. */
#ifndef _MMAPDEMO_TEST_SWAP_AREA_H
#define _MMAPDEMO_TEST_SWAP_AREA_H

#include "memcg.h"

#include <sys/swap.h>

/* Format a swap area in the same way as mkswap. */
static inline bool swap_format(int fd, size_t pages)
{
	struct {
		char boot[1024];
		__u32 version, last_page, bad_pages;
	} header = { .version = 1, .last_page = pages - 1 };
	char zeros[4096] = "";

	for (size_t i = 0; i < pages; i++)
		if (write(fd, zeros, page_size()) != (ssize_t)page_size())
			return false;
	return pwrite(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       pwrite(fd, "SWAPSPACE2", 10, page_size() - 10) == 10 &&
	       !fsync(fd);
}

/*
 * Close @fd, a file with room for @pages pages, and use it as the preferred swap area.
 * Return NULL, or the reason why it can't be used.
 */
static inline const char *swap_on(const char *path, int fd, size_t pages)
{
	bool done = fd >= 0 && swap_format(fd, pages);

	close(fd);
	return done && !swapon(path, SWAP_FLAG_PREFER | 0x7fff) ?
		       NULL : "can't swap to this file";
}

/* Return true if a page is in memory or in the swap cache. */
static inline bool is_resident(char *map, size_t pages)
{
	unsigned char present[pages];

	if (mincore(map, pages * page_size(), present))
		return true;
	for (size_t i = 0; i < pages; i++)
		if (present[i] & 1)
			return true;
	return false;
}

/*
 * Swap all pages of a cgroup out, until the pages at @map are not in the swap cache any
 * longer. The write to memory.high reclaims the pages, and is no page fault.
 */
static inline bool swap_out(const char *memcg, char *map, size_t pages)
{
	while (is_resident(map, pages))
		if (!memcg_put(memcg, "memory.high", "0") ||
		    !memcg_put(memcg, "memory.high", "max"))
			return false;
	return true;
}

#endif /* _MMAPDEMO_TEST_SWAP_AREA_H */
