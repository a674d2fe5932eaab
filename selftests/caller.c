// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller PAGES [split]
 *
 * Reads a line or the end of stdin. Then main() calls outer(), outer() calls
 * middle(), and middle() calls touch(), which writes to PAGES new pages. All four
 * functions have frame pointers. With "split", middle() calls split() instead, which
 * makes every second page read-only. Afterwards the program prints "touched" and ends
 * at the next line or the end of stdin.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
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

/* libc's mprotect() has no frame, so it hides this function. */
static AS_IT_IS void split(char *map, size_t pages, size_t size)
{
	FRAME();
	for (size_t i = 0; i < pages; i += 2)
		mprotect(map + i * size, size, PROT_READ);
	FRAME();
}

static AS_IT_IS void middle(char *map, size_t pages, size_t size, bool splits)
{
	FRAME();
	if (splits)
		split(map, pages, size); /* split here */
	else
		touch(map, pages, size); /* called here */
	FRAME();
}

static AS_IT_IS void outer(char *map, size_t pages, size_t size, bool splits)
{
	FRAME();
	middle(map, pages, size, splits);
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
	outer(map, pages, size, argc > 2);
	FRAME();
	puts("touched");
	fflush(stdout);
	getchar();
	return 0;
}
