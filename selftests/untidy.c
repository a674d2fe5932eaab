// SPDX-License-Identifier: GPL-2.0-only
/*
 * untidy WHAT - a process that uses memory in one costly way, which mmapdemo lint
 * should find. With "tidy", the process uses the same memory without this cost.
 */
#include "memory.h"

#include <err.h>
#include <fcntl.h>
#include <sys/syscall.h>

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

/* Write-protect data after relocation. The dynamic linker ld.so does the same. */
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

/*
 * Touch a page first. When permissions are removed, the kernel flushes the TLB
 * only if a page is present.
 */
static void pingpong(void)
{
	char *map = area(3);

	write_pages(page_at(map, 1), 1);
	for (size_t i = 0; i < TIMES; i++)
		mprotect(page_at(map, 1), page_size(), i % 2 ? RW : PROT_READ);
}

/* With the key -1, pkey_mprotect() has the same effect as mprotect(). */
static void pkey_pingpong(void)
{
	char *map = area(3);

	write_pages(page_at(map, 1), 1);
	for (size_t i = 0; i < TIMES; i++)
		syscall(SYS_pkey_mprotect, page_at(map, 1), page_size(),
			i % 2 ? RW : PROT_READ, -1);
}

/* Change the permissions of one page after the other, again and again. */
static void page_pingpong(void)
{
	char *map = area(10);

	for (size_t i = 0; i < 4 * 10; i++)
		mprotect(page_at(map, i % 10), page_size(),
			 i / 10 % 2 ? RW : PROT_READ);
}

/*
 * Change the permissions of each page only once, like a program that compiles
 * code.
 */
static void protect_once(void)
{
	char *map = area(TIMES * 2);

	for (size_t i = 0; i < TIMES * 2; i++)
		mprotect(page_at(map, i), page_size(), PROT_READ);
}

/* Set MADV_DONTDUMP on each page, and then map the page below without the flag. */
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

/*
 * Set MADV_DONTFORK on every second page. Then clear the flag on the last page
 * that has the flag.
 */
static char *dontfork_pieces(void)
{
	char *map = area(TIMES * 2 + 2);

	for (size_t i = 0; i <= TIMES; i++)
		madvise(page_at(map, i * 2), page_size(), MADV_DONTFORK);
	madvise(page_at(map, TIMES * 2), page_size(), MADV_DOFORK);
	return map;
}

static void dontfork(void)
{
	dontfork_pieces();
}

static void dontfork_unmapped(void)
{
	munmap(dontfork_pieces(), TIMES * 2 * page_size());
}

static void dontfork_replaced(void)
{
	mmap(dontfork_pieces(), (TIMES * 2 + 2) * page_size(), RW,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* Map memory, and apply the advice about huge pages to the memory. */
static char *huge_area(char *map, size_t bytes, int advice)
{
	if (mmap(map, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED_NOREPLACE, -1, 0) != map)
		err(1, "mmap");
	madvise(map, bytes, advice);
	return map;
}

/*
 * The second area has the size of two huge pages, but begins one page too late.
 * This area therefore has room for only one huge page.
 */
static void off_by_a_page(int advice)
{
	char *map = hole(8 * MIB, 2 * MIB);

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	write_pages(huge_area(map, 2 * MIB, MADV_HUGEPAGE), 512);
	map = huge_area(map + 3 * MIB + page_size(), 4 * MIB, advice);
	write_pages(map, 1024);
}

static void unaligned(void)
{
	off_by_a_page(MADV_HUGEPAGE);
}

static void no_huge(void)
{
	off_by_a_page(MADV_NOHUGEPAGE);
}

/* The second mapping gets no huge pages, wherever it begins. */
static void disabled(void)
{
	char *map = hole(16 * MIB, 2 * MIB);

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	write_pages(huge_area(map, 2 * MIB, MADV_HUGEPAGE), 512);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	map = huge_area(map + 4 * MIB + page_size(), 8 * MIB, MADV_HUGEPAGE);
	write_pages(map, 2048);
}

/* Unmap the unaligned ends, as glibc does when it makes an arena. */
static void trimmed(void)
{
	char *map = hole(8 * MIB, 2 * MIB), *end = map + 8 * MIB;

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	huge_area(map + MIB, 6 * MIB, MADV_HUGEPAGE);
	munmap(map + MIB, MIB);
	munmap(end - 2 * MIB, MIB);
	write_pages(map + 2 * MIB, 1024);
}

/* ---- repeated use of the same pages ---- */

static void give_back(void)
{
	char *map = area(64);

	for (size_t i = 0; i < TIMES; i++) {
		write_pages(map, 64);
		madvise(map, 64 * page_size(), MADV_DONTNEED);
	}
}

static void grow_heap(void)
{
	for (size_t i = 0; i < TIMES; i++)
		write_pages(sbrk(32 * page_size()), 32);
}

static void trim_heap(void)
{
	for (size_t i = 0; i < TIMES; i++) {
		write_pages(sbrk(64 * page_size()), 64);
		sbrk(-64 * (intptr_t)page_size());
	}
}

static void map_again(void)
{
	for (size_t i = 0; i < TIMES; i++) {
		char *map = area(64);

		write_pages(map, 64);
		munmap(map, 64 * page_size());
	}
}

/* ---- reads before writes ---- */

static void zero(void)
{
	char *map = area(PAGES);

	read_pages(map, PAGES);
	write_pages(map, PAGES);
}

static char *file_area(int prot)
{
	int fd = memfd_create("untidy", MFD_CLOEXEC);
	char *map;

	if (fd < 0 || ftruncate(fd, PAGES * page_size()))
		err(1, "memfd_create");
	map = mmap(NULL, PAGES * page_size(), prot, MAP_PRIVATE, fd, 0);
	if (failed(map))
		err(1, "mmap");
	return map;
}

static void copy(void)
{
	char *map = file_area(RW);

	read_pages(map, PAGES);
	write_pages(map, PAGES);
}

static void read_file(void)
{
	read_pages(file_area(PROT_READ), PAGES);
}

/* ---- children ---- */

static void forks(void)
{
	for (size_t i = 0; i < TIMES; i++) {
		pid_t pid = fork();

		if (!pid) {
			execl("/proc/self/exe", "untidy", "nothing", NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
}

/* Read a file of 96 MiB. In a smaller cgroup, the faults must free memory first. */
static void short_of_memory(void)
{
	const size_t size = 96 * MIB;
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *map = fd < 0 || ftruncate(fd, size) ? MAP_FAILED :
		    mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		err(1, "a file of 96 MiB");
	read_pages(map, size / page_size());
}

static void nothing(void)
{
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
		{ "nothing", nothing },
		{ "fault-storm", storm },
		{ "read-storm", read_file },
		{ "give-back", give_back },
		{ "grow-heap", grow_heap },
		{ "trim-heap", trim_heap },
		{ "map-again", map_again },
		{ "zero-then-copy", zero },
		{ "read-then-copy", copy },
		{ "fork-then-exec", forks },
		{ "mprotect-ping-pong", pingpong },
		{ "pkey-ping-pong", pkey_pingpong },
		{ "page-ping-pong", page_pingpong },
		{ "protect-once", protect_once },
		{ "almost-merged", almost },
		{ "dontfork", dontfork },
		{ "dontfork-unmapped", dontfork_unmapped },
		{ "dontfork-replaced", dontfork_replaced },
		{ "unaligned", unaligned },
		{ "no-huge", no_huge },
		{ "disabled", disabled },
		{ "trimmed", trimmed },
		{ "map-count", crowd },
		{ "memory-short", short_of_memory },
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
