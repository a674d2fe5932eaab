// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller PAGES
 *
 * Reads a line or the end of stdin; then main() calls outer(), that calls
 * middle(), and that touch(), which writes to so many new pages. All four have frame
 * pointers. Then it says "touched", and ends at the next line or the end of stdin.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define AS_IT_IS __attribute__((noipa))

/* First it makes the function have a frame, last it is no jump to another. */
#define FRAME() asm volatile("" : : "r"(__builtin_frame_address(0)))

static AS_IT_IS void touch(volatile char *map, size_t pages, size_t size)
{
	FRAME();
	for (size_t i = 0; i < pages; i++)
		map[i * size] = 1; /* touched here */
	FRAME();
}

static AS_IT_IS void middle(char *map, size_t pages, size_t size)
{
	FRAME();
	touch(map, pages, size); /* called here */
	FRAME();
}

static AS_IT_IS void outer(char *map, size_t pages, size_t size)
{
	FRAME();
	middle(map, pages, size);
	FRAME();
}

int main(int argc, char **argv)
{
	size_t pages = argc > 1 ? atoi(argv[1]) : 1, size = getpagesize();
	char *map = mmap(NULL, pages * size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	FRAME();
	if (map == MAP_FAILED)
		err(1, "mmap");
	/* A huge page would be one fault. */
	madvise(map, pages * size, MADV_NOHUGEPAGE);
	getchar();
	outer(map, pages, size);
	FRAME();
	puts("touched");
	fflush(stdout);
	getchar();
	return 0;
}
