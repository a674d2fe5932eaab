// SPDX-License-Identifier: GPL-2.0-only
#include "tour/region.h"
#include "base/clock.h"
#include "system/device.h"
#include "system/memory.h"
#include "system/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int tour_region(__u32 method, __u32 flags, __u64 bytes)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = bytes,
		.method = method,
		.flags = flags,
	};

	return dev_region(&region);
}

int tour_no_region(struct stage *stage, int err)
{
	if (err == -ENOENT || err == -EACCES)
		return stage_skip(stage, "device");
	stage_fact(stage, "%s", strerror(-err));
	return stage_skip(stage, "region");
}

volatile char *tour_map_region(int fd, char *at, size_t length)
{
	char *map = mmap(at, length, PROT_READ | PROT_WRITE, MAP_SHARED |
			 (at ? MAP_FIXED_NOREPLACE : 0), fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

static long class_counts_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

long tour_tables(void)
{
	return proc_tables(getpid()) / MEMORY_PAGE;
}

long tour_touch_pages(const volatile char *map, int pages,
		      unsigned long long *ns)
{
	long before = class_counts_so_far();
	__u64 begin = clock_ns();

	for (int i = 0; i < pages; i++)
		(void)map[i * MEMORY_PAGE];
	*ns = clock_ns() - begin;
	return class_counts_so_far() - before;
}

void tour_warm_up(void)
{
	const volatile char here = 0;
	unsigned long long ns;

	tour_touch_pages(&here, 1, &ns);
	tour_tables();
}
