// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults [OBJECT|count|switch] - cost of the first touch of a page. OBJECT is:
 *
 *	anon	a store to anonymous memory (default)
 *	shmem	a store to shared memory, which allocates the page
 *	file	a load from a file in the page cache, which maps 16 pages
 *	device	a store to a region of the device
 *	count	as anon, but the module counts the faults of this program
 *	switch	no page: a switch to another task, and back, by two pipes
 *	timed	as switch, but the module observes where the time of slow faults goes
 *
 * Prints the minimum of many rounds, in ticks of the processor's clock per fault. In
 * a guest that counts instructions (run.sh --icount), a tick is one instruction. A
 * round is so short that most rounds end before the next interrupt. All pages of a
 * round are in the same page table, which exists before and after the round.
 */
#define _GNU_SOURCE
#include "mmapdemo.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <x86intrin.h>

#define PAGE 4096UL
#define TABLE (2UL << 20)
#define PAGES 128
#define AROUND 16	/* pages that fault-around maps */
#define ROUNDS 64

/* Let the module count the faults of this process until the process ends. */
static void count_with(uint32_t flags)
{
	struct mmapdemo_count count = { .size = sizeof(count), .flags = flags };
	int device = open("/dev/mmapdemo", O_RDWR);

	if (device < 0 || ioctl(device, MMAPDEMO_IOC_COUNT, &count) < 0)
		err(1, "/dev/mmapdemo");
}

static int count_ours(void)
{
	count_with(0);
	return -1;
}

/* ---- objects ---- */

static int no_file(void)
{
	return -1;
}

static int shmem_open(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGES * PAGE))
		err(1, "memfd_create");
	return fd;
}

/* Make a file on the disk, whose pages are in the page cache. */
static int file_open(void)
{
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);
	char page[PAGE] = { 1 };

	for (int i = 0; fd >= 0 && i < PAGES; i++) {
		if (write(fd, page, PAGE) != PAGE)
			fd = -1;
	}
	if (fd < 0 || fsync(fd))
		err(1, "temporary file");
	return fd;
}

static int device_open(void)
{
	int fd = open("/dev/mmapdemo", O_RDWR);
	struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = PAGES * PAGE,
	};

	if (fd < 0 || ioctl(fd, MMAPDEMO_IOC_REGION, &region))
		err(1, "/dev/mmapdemo");
	return fd;
}

static const struct object {
	const char *name;
	int (*open)(void);
	bool load;
	int advice;	/* madvise() that takes the pages away again */
} objects[] = {
	{ "anon", no_file, false, MADV_DONTNEED },
	{ "shmem", shmem_open, false, MADV_REMOVE },
	{ "file", file_open, true, MADV_DONTNEED },
	{ "device", device_open, false, MADV_DONTNEED },
	{ "count", count_ours, false, MADV_DONTNEED },
};

static const struct object *object_find(const char *name)
{
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		if (!strcmp(objects[i].name, name))
			return &objects[i];
	}
	errx(1, "unknown object: %s", name);
}

/* ---- measurement ---- */

/*
 * Return the start of the address range of a page table. Its last page is touched,
 * so that the table exists.
 */
static char *reserve_table(void)
{
	char *map = mmap(NULL, 2 * TABLE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		err(1, "mmap");
	map += -(uintptr_t)map % TABLE;
	map[TABLE - 1] = 1;
	return map;
}

/* Map the object over the second quarter of the table. */
static volatile char *map_object(const struct object *object)
{
	char *map = reserve_table() + TABLE / 4;
	int fd = object->open();

	if (fd >= 0 && mmap(map, PAGES * PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		err(1, "mmap");
	return map;
}

/* Return the ticks for each fault. */
static unsigned long long touch(volatile char *map, bool load)
{
	unsigned long long begin = __rdtsc();

	if (load) {
		for (size_t i = 0; i < PAGES; i += AROUND)
			(void)map[i * PAGE];
		return (__rdtsc() - begin) / (PAGES / AROUND);
	}
	for (size_t i = 0; i < PAGES; i++)
		map[i * PAGE] = 1;
	return (__rdtsc() - begin) / PAGES;
}

/* ---- task switches ---- */

static void echo(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

/* Return the ticks for each task switch. Both tasks run on the same processor. */
static unsigned long long switch_tasks(int to, int from)
{
	unsigned long long begin = __rdtsc();
	char byte = 0;

	for (int i = 0; i < PAGES; i++)
		if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
			err(1, "pipe");
	return (__rdtsc() - begin) / (2 * PAGES);
}

static void measure_switch(void)
{
	unsigned long long least = -1;
	int there[2], back[2];
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || pipe(there) || pipe(back))
		err(1, "pipe");
	if (!fork()) {
		close(there[1]);
		echo(there[0], back[1]);
	}
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long long ticks = switch_tasks(there[1], back[0]);

		if (ticks < least)
			least = ticks;
	}
	printf("%llu\n", least);
	exit(0);
}

int main(int argc, char *argv[])
{
	const char *name = argc > 1 ? argv[1] : "anon";
	const struct object *object;
	unsigned long long least = -1;
	volatile char *map;

	if (!strcmp(name, "timed"))
		count_with(MMAPDEMO_COUNT_PARTS);
	if (!strcmp(name, "timed") || !strcmp(name, "switch"))
		measure_switch();
	object = object_find(name);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	map = map_object(object);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long long ticks = touch(map, object->load);

		if (ticks < least)
			least = ticks;
		if (madvise((char *)map, PAGES * PAGE, object->advice))
			err(1, "madvise");
	}
	printf("%llu\n", least);
	return 0;
}
