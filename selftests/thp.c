// SPDX-License-Identifier: GPL-2.0-only
/*
 * thp DIRECTORY - a process whose memory gets huge pages, or does not get them for
 *	one of many reasons
 *
 * Prints "ready PID", and for each block of 2 MiB its name and its address. Then the
 * program prints "over", and waits for a line. The program touches the blocks, and
 * prints for each block that it has touched the name, and "huge" or "small" for what
 * the kernel mapped. Then the program prints "over", and waits for another line.
 *
 * thp --file FILE - a process that maps FILE, and later asks for huge pages
 *
 * Prints the same for the mapping. After the first line, the program calls
 * madvise(MADV_HUGEPAGE), and prints "over". After the second line, it touches the
 * mapping.
 *
 * DIRECTORY is on a tmpfs. $PRCTL is the argument of prctl(PR_SET_THP_DISABLE, 1).
 */
#include "memory.h"

#include <err.h>
#include <errno.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define RW (PROT_READ | PROT_WRITE)
#define HUGE (2 * MIB)
#define CASES_MAX 40

enum touch { NOT, READ, WRITE };

/**
 * struct block - 2 MiB of memory
 * @name: name of the case
 * @at: address of a byte of the block
 * @touch: how the block is touched
 * @before: huge pages of the VMA before the touch, in KiB
 */
struct block {
	const char *name;
	char *at;
	enum touch touch;
	long before;
};

static struct block blocks[CASES_MAX];
static size_t count;

static void must(bool done, const char *what)
{
	if (!done)
		err(1, "%s", what);
}

static void add(const char *name, char *at, enum touch touch)
{
	must(count < CASES_MAX, "too many cases");
	blocks[count++] = (struct block){ name, at, touch, 0 };
}

/* ---- memory ---- */

/*
 * Return a multiple of 2 MiB. The memory from 4 MiB below to 4 MiB above is free. A
 * page at both ends keeps other mappings away.
 */
static char *free_area(void)
{
	char *map = mmap(NULL, 6 * HUGE, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *at = (char *)(((uintptr_t)map + 3 * HUGE) & -HUGE);

	must(!failed(map), "mmap");
	must(!munmap(map + page_size(), 6 * HUGE - 2 * page_size()), "munmap");
	return at;
}

static char *map_at(char *at, size_t length, int flags, int fd, off_t offset)
{
	must(mmap(at, length, RW, flags | MAP_FIXED_NOREPLACE, fd, offset) ==
	     at, "mmap");
	return at;
}

static char *anon(size_t length)
{
	return map_at(free_area(), length, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void advise(char *at, size_t length, int advice)
{
	must(!madvise(at, length, advice), "madvise");
}

static void write_all(char *at, size_t length)
{
	for (size_t i = 0; i < length; i += page_size())
		((volatile char *)at)[i] = 1;
}

/* Return the huge pages of the VMA at an address, in KiB. */
static long huge_at(const char *at)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	char line[512], key[64];
	long kib = 0, value;
	bool inside = false;
	unsigned long start, end;

	must(file, "smaps");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = (uintptr_t)at >= start && (uintptr_t)at < end;
		else if (inside && sscanf(line, "%63s %ld", key, &value) == 2 &&
			 (!strcmp(key, "AnonHugePages:") ||
			  !strcmp(key, "ShmemPmdMapped:") ||
			  !strcmp(key, "FilePmdMapped:")))
			kib += value;
	}
	fclose(file);
	return kib;
}

/* ---- anonymous memory ---- */

static void states(void)
{
	char *at = anon(HUGE);

	add("untouched", at, WRITE);
	at = anon(2 * HUGE);
	add("first-of-two", at, NOT);
	add("last-of-two", at + 2 * HUGE - 1, WRITE);
	at = anon(HUGE);
	advise(at, HUGE, MADV_NOHUGEPAGE);
	write_all(at, page_size());
	advise(at, HUGE, MADV_HUGEPAGE);
	add("one-page", at, WRITE);
	at = anon(HUGE);
	must(!mprotect(at, HUGE, PROT_NONE), "mprotect");
	add("no-access", at, NOT);
	at = anon(HUGE);
	must(!mprotect(at, HUGE, PROT_READ), "mprotect");
	add("read-only", at, NOT);
}

/* The child shares all pages of this block, and of no later block. */
static void forked(void)
{
	char *at = anon(HUGE);

	advise(at, HUGE, MADV_NOHUGEPAGE);
	write_all(at, HUGE);
	advise(at, HUGE, MADV_HUGEPAGE);
	if (!fork_child()) {
		fclose(stdout);
		for (;;)
			pause();
	}
	add("forked", at, NOT);
}

/* Huge pages must be possible in this memory, so ask for them. */
static void advised(void)
{
	char *at = anon(HUGE);

	advise(at, HUGE, MADV_HUGEPAGE);
	add("advised", at, WRITE);
	at = anon(HUGE);
	advise(at, HUGE, MADV_HUGEPAGE);
	write_all(at, HUGE);
	add("mapped", at, NOT);
	at = anon(HUGE);
	advise(at, HUGE, MADV_HUGEPAGE);
	write_all(at, HUGE);
	advise(at, HUGE, MADV_DONTNEED);
	add("emptied", at, NOT);
}

static void ranges(void)
{
	char *at = free_area();

	map_at(at + 64 * KIB, 2 * HUGE - 64 * KIB, MAP_PRIVATE | MAP_ANONYMOUS,
	       -1, 0);
	add("begins-late", at + 64 * KIB, WRITE);
	at = anon(HUGE - page_size());
	add("ends-early", at, WRITE);
	at = free_area();
	map_at(at - page_size(), HUGE + page_size(),
	       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	add("begins-early", at - page_size(), WRITE);
}

static void refused(void)
{
	char *at = anon(HUGE);

	advise(at, HUGE, MADV_NOHUGEPAGE);
	add("refused", at, WRITE);
	at = anon(HUGE);
	advise(at, HUGE, MADV_NOHUGEPAGE);
	write_all(at, HUGE);
	add("refused-written", at, NOT);
}

static void read_first(void)
{
	char *at = anon(HUGE);

	advise(at, HUGE, MADV_HUGEPAGE);
	(void)*(volatile char *)at;
	add("read-first", at, WRITE);
}

/*
 * Fill the block with pages of 4 KiB, and free these pages. The page table may
 * stay.
 */
static void drained(void)
{
	char *at = anon(HUGE);

	advise(at, HUGE, MADV_NOHUGEPAGE);
	write_all(at, HUGE);
	advise(at, HUGE, MADV_DONTNEED);
	advise(at, HUGE, MADV_HUGEPAGE);
	add("drained", at, WRITE);
}

static void watched(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *at = anon(HUGE);
	struct uffdio_register request = {
		.range = { .start = (uintptr_t)at, .len = HUGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	must(fd >= 0 && !ioctl(fd, UFFDIO_API, &api) &&
	     !ioctl(fd, UFFDIO_REGISTER, &request), "userfaultfd");
	add("watched", at, NOT);
}

/* ---- files ---- */

static int file_of(const char *directory, const char *name, off_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && !ftruncate(fd, size), path);
	return fd;
}

static void shared(void)
{
	char *at = map_at(free_area(), HUGE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	add("shared", at, WRITE);
	at = map_at(free_area(), HUGE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	advise(at, HUGE, MADV_HUGEPAGE);
	add("shared-advised", at, WRITE);
}

static void files(const char *directory)
{
	char *at = free_area();

	add("file", map_at(at, HUGE, MAP_SHARED,
			   file_of(directory, "whole", HUGE), 0), WRITE);
	at = free_area();
	add("file-short", map_at(at, HUGE, MAP_SHARED,
				 file_of(directory, "short", HUGE - page_size()),
				 0), WRITE);
	at = free_area();
	map_at(at, 2 * HUGE, MAP_SHARED, file_of(directory, "part", 3 * MIB),
	       0);
	add("file-part", at + HUGE, WRITE);
	at = free_area();
	add("file-private", map_at(at, HUGE, MAP_PRIVATE,
				   file_of(directory, "private", HUGE), 0), WRITE);
	at = free_area();
	add("file-offset", map_at(at, 2 * HUGE, MAP_SHARED,
				  file_of(directory, "offset", 3 * HUGE),
				  page_size()), WRITE);
	at = free_area();
	add("file-end", map_at(at, HUGE - page_size(), MAP_SHARED,
			       file_of(directory, "end", HUGE), 0), WRITE);
}

/*
 * The pool has one page, which the first mapping reserves. Without a reservation, the
 * second mapping is possible although no page is left.
 */
static void pool(void)
{
	char *at = mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_HUGETLB, -1, 0);

	if (!failed(at))
		add("pool", at, NOT);
	at = mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		  MAP_NORESERVE, -1, 0);
	if (!failed(at))
		add("pool-empty", at, NOT);
}

/* ---- the program ---- */

static void wait_for_line(void)
{
	puts("over");
	fflush(stdout);
	while (getchar() != '\n' && !feof(stdin))
		;
}

static void touch_all(void)
{
	for (size_t i = 0; i < count; i++) {
		struct block *block = &blocks[i];

		block->before = huge_at(block->at);
		if (block->touch == WRITE)
			*(volatile char *)block->at = 2;
		if (block->touch != NOT)
			printf("%s %s\n", block->name,
			       huge_at(block->at) > block->before ? "huge" :
								    "small");
	}
}

static int map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char *at = free_area();

	must(fd >= 0, path);
	map_at(at, HUGE, MAP_SHARED, fd, 0);
	printf("ready %d\nfile %lx\n", getpid(), (long)at);
	wait_for_line();
	advise(at, HUGE, MADV_HUGEPAGE);
	wait_for_line();
	(void)*(volatile char *)at;
	printf("file %s\n", huge_at(at) ? "huge" : "small");
	wait_for_line();
	return 0;
}

int main(int argc, char **argv)
{
	const char *prctl_argument = getenv("PRCTL");

	if (argc == 3 && !strcmp(argv[1], "--file"))
		return map_file(argv[2]);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	if (prctl_argument)
		must(!prctl(PR_SET_THP_DISABLE, 1, atoi(prctl_argument), 0, 0),
		     "prctl");
	forked();
	states();
	advised();
	ranges();
	refused();
	read_first();
	drained();
	watched();
	shared();
	must(argc == 2, "a directory is required");
	files(argv[1]);
	pool();
	printf("ready %d\n", getpid());
	for (size_t i = 0; i < count; i++)
		printf("%s %lx\n", blocks[i].name, (long)blocks[i].at);
	wait_for_line();
	touch_all();
	wait_for_line();
	return 0;
}
