// SPDX-License-Identifier: GPL-2.0-only
/*
 * untidy WHAT - a process that does one thing with its memory that costs too
 * much, as mmapdemo lint should find; or "tidy": the same memory, without.
 */
#include "memory.h"

#include <err.h>

#define RW (PROT_READ | PROT_WRITE)
#define PAGES 600
#define TIMES 20
#define CROWD 400

static char *area(size_t pages)
{
	char *map = hole(pages * page_size(), page_size());

	if (!map || mmap(map, pages * page_size(), RW, MAP_PRIVATE |
			 MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != map)
		err(1, "mmap");
	return map;
}

static void storm(void)
{
	write_pages(area(PAGES), PAGES);
}

/* As ld.so does with data that are constant when it has relocated them. */
static void relocate(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < TIMES; i++) {
		char *map = mmap(NULL, 2 * page_size(), PROT_READ, MAP_PRIVATE,
				 fd, 0);

		if (failed(map))
			err(1, "mmap");
		mmap(page_at(map, 1), page_size(), RW, MAP_PRIVATE | MAP_FIXED,
		     fd, page_size());
		mprotect(page_at(map, 1), page_size(), PROT_READ);
	}
	close(fd);
}

static void tidy(void)
{
	char *map = area(PAGES);

	if (mlock(map, PAGES * page_size()))
		err(1, "mlock");
	write_pages(map, PAGES);
	relocate();
}

/* Where the page is there, less rights are a flush of the TLB. */
static void pingpong(void)
{
	char *map = area(3);

	write_pages(page_at(map, 1), 1);
	for (size_t i = 0; i < TIMES; i++)
		mprotect(page_at(map, 1), page_size(), i % 2 ? RW : PROT_READ);
}

/* New memory never has the flag that its neighbour was given. */
static void almost(void)
{
	for (size_t i = 0; i < TIMES; i++) {
		char *map = area(2);

		munmap(map, page_size());
		madvise(page_at(map, 1), page_size(), MADV_DONTDUMP);
		mmap(map, page_size(), RW, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_FIXED_NOREPLACE, -1, 0);
	}
}

static void dontfork(void)
{
	char *map = area(4);

	madvise(map, page_size(), MADV_DONTFORK);
	madvise(page_at(map, 2), page_size(), MADV_DONTFORK);
	madvise(page_at(map, 2), page_size(), MADV_DOFORK);
}

/* A page off: room for one huge page, and none fits. */
static void unaligned(void)
{
	char *map = hole(4 * MIB, 2 * MIB) + page_size();

	if (mmap(map, 2 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED_NOREPLACE, -1, 0) != map)
		err(1, "mmap");
	write_pages(map, 512);
}

static void crowd(void)
{
	char *map = area(CROWD);

	for (size_t page = 0; page < CROWD; page += 2)
		mprotect(page_at(map, page), page_size(), PROT_READ);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*does)(void);
	} things[] = {
		{ "tidy", tidy },
		{ "fault-storm", storm },
		{ "mprotect-ping-pong", pingpong },
		{ "almost-merged", almost },
		{ "dontfork", dontfork },
		{ "unaligned", unaligned },
		{ "map-count", crowd },
	};

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(things) / sizeof(*things);
	     i++) {
		if (!strcmp(argv[1], things[i].name)) {
			things[i].does();
			return 0;
		}
	}
	errx(2, "usage: untidy WHAT, see untidy.c");
}
