// SPDX-License-Identifier: GPL-2.0-only
#include "system/walk.h"
#include "system/device.h"
#include "system/pagemap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 1024

__u32 walk_levels(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[4096];
	__u32 levels = 4;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "flags", 5))
			continue;
		/* /proc/cpuinfo contains la57 only if the kernel uses five levels. */
		if (strstr(line, " la57"))
			levels = 5;
		break;
	}
	if (file)
		fclose(file);
	return levels;
}

int walk_shift(const struct walk *walk, __u32 level)
{
	switch (level) {
	case MMAPDEMO_LEVEL_PTE:
		return 12;
	case MMAPDEMO_LEVEL_PMD:
		return 21;
	case MMAPDEMO_LEVEL_PUD:
		return 30;
	case MMAPDEMO_LEVEL_P4D:
		return 39;
	default:
		return walk->levels == 5 ? 48 : 39;
	}
}

__u64 walk_end(const struct walk *walk, const struct mmapdemo_run *run)
{
	return run->address +
	       ((__u64)run->count << walk_shift(walk, run->level));
}

__u64 walk_step(const struct walk *walk, const struct mmapdemo_run *run)
{
	if (!run->frame || run->entry & MMAPDEMO_ENTRY_ZERO)
		return 0;
	if (run->entry & MMAPDEMO_ENTRY_SWAP)
		return 1;
	return 1ULL << (walk_shift(walk, run->level) - 12);
}

/*
 * Return true if @run continues @last. A run can arrive in two parts, because
 * each ioctl begins a new run.
 */
static bool joins(const struct walk *walk, const struct mmapdemo_run *last,
		  const struct mmapdemo_run *run)
{
	return last->count && last->level == run->level &&
	       last->entry == run->entry && last->swap == run->swap &&
	       walk_end(walk, last) == run->address &&
	       last->frame + last->count * walk_step(walk, last) == run->frame;
}

/**
 * struct passing - state of walk_runs(), which joins runs before it passes them
 * to @visit
 */
struct passing {
	const struct walk *walk;
	struct mmapdemo_run last;
	int (*visit)(const struct mmapdemo_run *run, void *data);
	void *data;
};

static int pass_on(const struct mmapdemo_run *run, void *data)
{
	struct passing *passing = data;
	struct mmapdemo_run *last = &passing->last;
	int err = 0;

	if (joins(passing->walk, last, run)) {
		last->count += run->count;
		return 0;
	}
	if (last->count)
		err = passing->visit(last, passing->data);
	*last = *run;
	return err;
}

static int walk_tables(const struct walk *walk, struct passing *passing)
{
	struct mmapdemo_run *runs = calloc(ROOM, sizeof(*runs));
	struct mmapdemo_walk ask = {
		.size = sizeof(ask),
		.start = walk->start,
		.end = walk->end,
		.runs = (uintptr_t)runs,
		.room = ROOM,
		.pid = walk->pid,
	};
	int err = runs ? 0 : -ENOMEM;

	while (!err && ask.start < ask.end) {
		err = dev_walk(walk->fd, &ask);
		for (__u32 i = 0; !err && i < ask.count; i++)
			err = pass_on(&runs[i], passing);
	}
	free(runs);
	return err;
}

int walk_runs(const struct walk *walk,
	      int (*visit)(const struct mmapdemo_run *run, void *data),
	      void *data)
{
	struct passing passing = {
		.walk = walk, .visit = visit, .data = data,
	};
	int err = walk->fd < 0 ?
		  pagemap_pages(walk->pid, walk->start, walk->end, pass_on,
				&passing) :
		  walk_tables(walk, &passing);

	if (!err && passing.last.count)
		err = visit(&passing.last, data);
	return err;
}
