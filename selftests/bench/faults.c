// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults [count] - cost of the first touch of a page of anonymous memory. With
 *	"count", the module counts the faults of this program during the measurement
 *
 * Prints the minimum of many rounds, in ticks of the processor's clock per page. In
 * a guest that counts instructions (run.sh --icount), a tick is one instruction. A
 * round is so short that most rounds end before the next interrupt. All pages of a
 * round are in the same page table, which exists before and after the round.
 */
#define _GNU_SOURCE
#include "mmapdemo.h"

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <x86intrin.h>

#define TABLE (2UL << 20)
#define PAGES 128
#define ROUNDS 64

/* Let the module count the faults of this process until the process ends. */
static void count_ours(void)
{
	struct mmapdemo_count count = { .size = sizeof(count) };
	int device = open("/dev/mmapdemo", O_RDWR);

	if (device < 0 || ioctl(device, MMAPDEMO_IOC_COUNT, &count) < 0)
		err(1, "/dev/mmapdemo");
}

/* Map the address range of a whole page table, and touch its first page. */
static volatile char *map_table(void)
{
	char *map = mmap(NULL, 2 * TABLE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		err(1, "mmap");
	map += -(uintptr_t)map % TABLE;
	*map = 1;
	return map;
}

static unsigned long long touch(volatile char *map, size_t page)
{
	unsigned long long begin = __rdtsc();

	for (size_t i = 0; i < PAGES; i++)
		map[i * page] = 1;
	return (__rdtsc() - begin) / PAGES;
}

int main(int argc, char *argv[])
{
	unsigned long long least = -1;
	size_t page = sysconf(_SC_PAGESIZE);
	volatile char *map;

	if (argc > 1 && !strcmp(argv[1], "count"))
		count_ours();
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	map = map_table() + page;
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long long ticks = touch(map, page);

		if (ticks < least)
			least = ticks;
		if (madvise((char *)map, PAGES * page, MADV_DONTNEED))
			err(1, "madvise");
	}
	printf("%llu\n", least);
	return 0;
}
