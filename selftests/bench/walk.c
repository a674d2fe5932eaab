// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost of reading all page table entries of a process with MMAPDEMO_IOC_WALK, and
 * with /proc/self/pagemap, which provides less information.
 *
 * walk [GIB]: read the entries of GIB GiB of address space (default: 10), in which
 * every page is mapped. In a guest that counts instructions (run.sh --icount), each
 * instruction is counted as 1 ns.
 */
#include "../memory.h"
#include "mmapdemo.h"

#include <sys/ioctl.h>
#include <time.h>

#define FILE_PAGES 1024UL	/* size of the file, which is mapped many times */
#define ROOM 8192

static struct mmapdemo_run run[ROOM];
static __u64 words[16 * KIB];

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- mappings to read ---- */

/* Map the shared zero page everywhere, so that all entries together are one run. */
static char *map_zero(size_t length)
{
	char *map;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	map = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		   MAP_NORESERVE | MAP_POPULATE, -1, 0);
	if (failed(map))
		die("mmap");
	return map;
}

/*
 * Return a file in which no two adjacent pages are adjacent in physical memory,
 * so that each page is a run of its own.
 */
static int scattered_file(void)
{
	int fd = memfd_create("scattered", MFD_CLOEXEC);

	for (size_t half = 0; half < 2; half++)
		for (size_t i = half; i < FILE_PAGES; i += 2)
			if (pwrite(fd, "x", 1, i * page_size()) != 1)
				die("memfd");
	return fd;
}

static char *map_scattered(size_t length)
{
	size_t part = FILE_PAGES * page_size();
	int fd = scattered_file();
	char *map = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_NORESERVE, -1, 0);

	if (failed(map))
		die("mmap");
	for (size_t at = 0; at < length; at += part)
		if (failed(mmap(map + at, part, PROT_READ, MAP_SHARED |
				MAP_FIXED | MAP_POPULATE, fd, 0)))
			die("mmap");
	close(fd);
	return map;
}

/* ---- the two ways to read ---- */

/*
 * Read the entries with the ioctl command. Add the number of pages to @pages,
 * and the number of records to @records.
 */
static __u64 look_walk(const char *map, size_t length, __u64 *pages,
		       __u64 *records)
{
	struct mmapdemo_walk walk = {
		.size = sizeof(walk),
		.start = (uintptr_t)map,
		.end = (uintptr_t)map + length,
		.runs = (uintptr_t)run,
		.room = ROOM,
	};
	int fd = open(MMAPDEMO_DEVICE, O_RDONLY | O_CLOEXEC);
	__u64 start = now();

	do {
		if (ioctl(fd, MMAPDEMO_IOC_WALK, &walk))
			die(MMAPDEMO_DEVICE);
		*records += walk.count;
		for (__u32 i = 0; i < walk.count; i++)
			if (run[i].level == MMAPDEMO_LEVEL_PTE)
				*pages += run[i].count;
	} while (walk.start < walk.end);
	start = now() - start;
	close(fd);
	return start;
}

static __u64 look_pagemap(const char *map, size_t length, __u64 *pages,
			  __u64 *records)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (uintptr_t)map / page_size() * sizeof(*words);
	off_t end = at + length / page_size() * sizeof(*words);
	__u64 start = now();

	while (at < end) {
		ssize_t part = pread(fd, words, sizeof(words), at);

		if (part <= 0)
			die("pagemap");
		*records += part / sizeof(*words);
		for (size_t i = 0; i < part / sizeof(*words); i++)
			*pages += words[i] >> 63;
		at += part;
	}
	start = now() - start;
	close(fd);
	return start;
}

static void compare(const char *what, const char *map, size_t length)
{
	__u64 want = length / page_size();
	__u64 pages[2] = { 0 }, records[2] = { 0 };
	__u64 walk = look_walk(map, length, &pages[0], &records[0]);
	__u64 pagemap = look_pagemap(map, length, &pages[1], &records[1]);

	if (pages[0] != want || pages[1] != want) {
		fprintf(stderr, "%s: %llu and %llu of %llu pages\n", what,
			pages[0], pages[1], want);
		exit(1);
	}
	printf("%-10s walk    %12llu ns  %6.1f a page  %8llu records\n", what,
	       walk, (double)walk / want, records[0]);
	printf("%-10s pagemap %12llu ns  %6.1f a page  %8llu records\n", what,
	       pagemap, (double)pagemap / want, records[1]);
	printf("%-10s ratio   %12.2f\n", what, (double)walk / pagemap);
}

int main(int argc, char **argv)
{
	size_t length = (argc > 1 ? strtoul(argv[1], NULL, 0) : 10) * GIB;
	char *map;

	map = map_zero(length);
	compare("zero", map, length);
	munmap(map, length);
	compare("scattered", map_scattered(length), length);
	return 0;
}
