// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller PAGES
 *
 * Reads a line or the end of stdin. Then main() calls outer(), outer() calls
 * middle(), and middle() calls touch(), which writes to PAGES new pages. All four
 * functions have frame pointers. Afterwards the program prints "touched" and ends
 * at the next line or the end of stdin.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define AS_IT_IS __attribute__((noipa))

/* The first use forces a stack frame. The last use prevents a tail call. */
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
	/* A huge page would cause one fault only. */
	madvise(map, pages * size, MADV_NOHUGEPAGE);
	getchar();
	outer(map, pages, size);
	FRAME();
	puts("touched");
	fflush(stdout);
	getchar();
	return 0;
}
