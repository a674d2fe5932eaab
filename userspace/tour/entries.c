// SPDX-License-Identifier: GPL-2.0-only
#include "tour/entries.h"
#include "system/device.h"
#include "system/walk.h"

#include <stdint.h>
#include <unistd.h>

struct adding {
	struct walk walk;
	struct entries entries;
};

static int add_run(const struct mmapdemo_run *run, void *data)
{
	struct adding *adding = data;
	struct entries *entries = &adding->entries;

	if (run->entry & MMAPDEMO_ENTRY_TABLE) {
		if (run->level == MMAPDEMO_LEVEL_PMD)
			entries->tables += run->count;
		return 0;
	}
	if (!(run->entry & MMAPDEMO_ENTRY_PRESENT))
		return 0;
	if (!entries->runs++)
		entries->frame = run->frame;
	entries->pages += (size_t)run->count <<
			  (walk_shift(&adding->walk, run->level) - 12);
	entries->huge |= run->level != MMAPDEMO_LEVEL_PTE;
	return 0;
}

struct entries entries_of(int fd, const volatile void *start, size_t length)
{
	struct adding adding = {
		.walk = {
			.fd = fd,
			.pid = getpid(),
			.start = (uintptr_t)start,
			.end = (uintptr_t)start + length,
		},
	};
	struct mmapdemo_info info;

	if (dev_info(fd, &info))
		return adding.entries;
	adding.walk.levels = info.levels;
	if (walk_runs(&adding.walk, add_run, &adding))
		return (struct entries){ 0 };
	return adding.entries;
}
