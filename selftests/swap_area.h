/* SPDX-License-Identifier: GPL-2.0-only */
/* A swap area that belongs to the test. */
#ifndef _MMAPDEMO_TEST_SWAP_AREA_H
#define _MMAPDEMO_TEST_SWAP_AREA_H

#include "memory.h"

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

#endif /* _MMAPDEMO_TEST_SWAP_AREA_H */
