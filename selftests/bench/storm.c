// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm FAULTS - cause FAULTS faults in new pages of anonymous memory. Every fourth
 *	page is read before it is written to, and so causes two faults
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 4096

int main(int argc, char **argv)
{
	const size_t page = getpagesize();
	long faults = argc == 2 ? atol(argv[1]) : 0;
	volatile char *map = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		err(1, "mmap");
	/* A huge page would cause only one fault. */
	madvise((void *)map, PAGES * page, MADV_NOHUGEPAGE);
	while (faults > 0) {
		for (size_t i = 0; i < PAGES; i++) {
			if (i % 4 == 0)
				faults -= !map[i * page];
			map[i * page] = 1;
			faults--;
		}
		madvise((void *)map, PAGES * page, MADV_DONTNEED);
	}
	return 0;
}
