// SPDX-License-Identifier: GPL-2.0-only
/*
 * caller PAGES [split | bare]
 *
 * Waits for a line or the end of stdin. Then main() calls outer(), outer() calls
 * middle(), and middle() calls touch(), which writes to PAGES new pages. All four
 * functions have frame pointers. With "split", middle() calls split() instead of
 * touch(); split() makes every second page read-only by mprotect(). With "bare",
 * middle() calls bare(), which does the same as split() but has no frame pointer.
 * Finally, the program prints "touched", and exits at the next line or at the end of
 * stdin.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define AS_IT_IS __attribute__((noipa))

/*
 * At the beginning of a function, FRAME() makes the compiler set up a stack
 * frame. At the end of a function, FRAME() prevents a tail call.
 */
#define FRAME() asm volatile("" : : "r"(__builtin_frame_address(0)))

static AS_IT_IS void touch(volatile char *map, size_t pages, size_t size)
{
	FRAME();
	for (size_t i = 0; i < pages; i++)
		map[i * size] = 1; /* touched here */
	FRAME();
}

/*
 * The function mprotect() of libc sets up no stack frame. A stack walk along the
 * frame pointers therefore skips split(), which calls mprotect().
 */
static AS_IT_IS void split(char *map, size_t pages, size_t size)
{
	FRAME();
	for (size_t i = 0; i < pages; i += 2)
		mprotect(map + i * size, size, PROT_READ); /* split here */
	FRAME();
}

static AS_IT_IS void bare(char *map, size_t pages, size_t size)
{
	for (size_t i = 0; i < pages; i += 2)
		mprotect(map + i * size, size, PROT_READ); /* bare here */
}

static AS_IT_IS void middle(char *map, size_t pages, size_t size,
			    const char *how)
{
	FRAME();
	if (!strcmp(how, "split"))
		split(map, pages, size);
	else if (!strcmp(how, "bare"))
		bare(map, pages, size);
	else
		touch(map, pages, size); /* called here */
	FRAME();
}

static AS_IT_IS void outer(char *map, size_t pages, size_t size,
			   const char *how)
{
	FRAME();
	middle(map, pages, size, how);
	FRAME();
}

int main(int argc, char **argv)
{
	size_t pages = argc > 1 ? atoi(argv[1]) : 1, size = getpagesize();
	/* Because of MAP_NORESERVE, the kernel merges no neighbour with the mapping. */
	char *map = mmap(NULL, pages * size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	FRAME();
	if (map == MAP_FAILED)
		err(1, "mmap");
	/* A huge page would cause only one fault. */
	madvise(map, pages * size, MADV_NOHUGEPAGE);
	getchar();
	outer(map, pages, size, argc > 2 ? argv[2] : "");
	FRAME();
	puts("touched");
	fflush(stdout);
	getchar();
	return 0;
}
