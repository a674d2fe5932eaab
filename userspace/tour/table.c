// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes about page tables: how they grow, how they are copied, and how the TLB
 * is flushed.
 */
#include "base/clock.h"
#include "system/device.h"
#include "system/memory.h"
#include "system/walk.h"
#include "tour/tlb_flushes.h"
#include "tour/tour.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE
#define PAGES 8

typedef unsigned long long ull;

/* ---- the walk ---- */

/*
 * An address that is far from the program, the libraries and the stacks: 1 TiB.
 */
#define LONELY ((char *)(1ULL << 40))

/** struct path - the page table entries that lead to an address, by level, PGD first */
struct path {
	struct walk walk;
	struct mmapdemo_run runs[5];
};

static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct path *path = data;

	path->runs[__builtin_ctz(run->level)] = *run;
	return 0;
}

static int look(struct path *path, const volatile char *at)
{
	struct mmapdemo_info info;
	int err;

	memset(path->runs, 0, sizeof(path->runs));
	path->walk.pid = getpid();
	path->walk.start = (uintptr_t)at & -PAGE;
	path->walk.end = path->walk.start + PAGE;
	err = dev_info(path->walk.fd, &info);
	path->walk.levels = info.levels;
	return err ? err : walk_runs(&path->walk, see_run, path);
}

/*
 * Print the index in the table at each level. If a page is mapped at the
 * address, print the frame number of the page.
 */
static void show_path(struct stage *stage, const struct path *path,
		      const volatile char *at)
{
	for (int i = 0; i < 5; i++) {
		const struct mmapdemo_run *run = &path->runs[i];

		char to[32] = "";

		if (!run->count)
			continue;
		if (!(run->entry & MMAPDEMO_ENTRY_TABLE))
			snprintf(to, sizeof(to), " -> pfn %#llx",
				 (ull)run->frame);
		stage_fact(stage, "%s[%3llu]%s", names_levels[i].name,
			   (ull)((uintptr_t)at >> walk_shift(&path->walk,
				 run->level) & 511), to);
	}
}

/*
 * Return the levels (MMAPDEMO_LEVEL_*) at which the touch filled an entry, or 0
 * if the levels are unknown.
 */
static __u32 filled(const struct stage *stage)
{
	const struct fault_event *fault = &stage->seen->faults[0];

	if (!stage->seen->observed || stage->seen->fault_count != 1)
		return 0;
	return fault->after & ~fault->before;
}

#define LOW_LEVELS (MMAPDEMO_LEVEL_PUD | MMAPDEMO_LEVEL_PMD | \
		    MMAPDEMO_LEVEL_PTE)

static void touch(struct stage *stage, volatile char *at)
{
	stage_begin(stage);
	stage_about(stage, at, PAGE);
	*at = 'x';
	stage_end(stage);
}

/* Scene 9: the page table walk, table by table. */
int tour_walk(struct stage *stage)
{
	struct path path = { .walk.fd = dev_open() };
	volatile char *map;
	ull by_hand;
	bool empty;

	if (path.walk.fd < 0)
		return stage_skip(stage, "device");
	if (!memory_shows_frames())
		return stage_skip(stage, "frames");
	map = memory_map(LONELY, 2 * PAGE);
	if (!map)
		return stage_skip(stage, "taken");
	madvise((void *)map, 2 * PAGE, MADV_NOHUGEPAGE);
	empty = !look(&path, map) && !path.runs[2].count &&
		!path.runs[3].count && !path.runs[4].count;
	stage_claim(stage, empty);
	touch(stage, map);
	stage_claim_seen(stage, (filled(stage) & LOW_LEVELS) == LOW_LEVELS);
	touch(stage, map + PAGE);
	stage_claim_seen(stage, filled(stage) == MMAPDEMO_LEVEL_PTE);
	if (look(&path, map))
		return SCENE_FAILED;
	show_path(stage, &path, map);
	by_hand = path.runs[4].frame * PAGE + 5;
	stage_fact(stage, "%p: %#llx * %lu + 5 = %#llx",
		   (void *)(map + 5), (ull)path.runs[4].frame, PAGE, by_hand);
	stage_claim(stage, by_hand == memory_frame(getpid(), map + 5) * PAGE +
				      5 && by_hand != 5);
	return stage_over(stage);
}

/* ---- fork ---- */

/**
 * struct board - what the child has found out, in memory that the child shares
 * with the parent
 */
struct board {
	bool bytes;
	__u64 before;
	__u64 after;
	volatile bool done;
};

static void be_child(struct board *board, volatile char *map)
{
	board->bytes = map[0] == 'p' && map[PAGE] == 'p';
	board->before = memory_frame(getpid(), map);
	map[0] = 'c';
	board->after = memory_frame(getpid(), map);
	_exit(map[0] == 'c' ? 0 : 1);
}

static bool kernel_half_is_shared(const struct stage_seen *seen)
{
	return seen->pgd_count == 1 && seen->pgd.kernel &&
	       seen->pgd.kernel == seen->pgd.shared;
}

/* Scene 10: fork copies the page tables, and a store copies a page. */
int tour_fork(struct stage *stage)
{
	char *hole = memory_hole(PAGES * PAGE, PAGE);
	volatile char *map = hole ? memory_map(hole, PAGES * PAGE) : NULL;
	struct board *board = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	__u64 frame;
	pid_t pid;

	if (!map || board == MAP_FAILED)
		return SCENE_FAILED;
	if (!memory_shows_frames())
		return stage_skip(stage, "frames");
	map[0] = map[PAGE] = 'p';
	frame = memory_frame(getpid(), map);
	stage_begin(stage);
	stage_about(stage, map, PAGES * PAGE);
	pid = fork();
	if (!pid)
		be_child(board, map);
	waitpid(pid, &status, 0);
	stage_end(stage);
	stage_fact(stage, "pfn %#llx | %#llx -> %#llx", (ull)frame,
		   (ull)board->before, (ull)board->after);
	stage_claim(stage, !status && board->bytes && board->before == frame);
	stage_claim(stage, board->after && board->after != frame);
	stage_claim(stage, map[0] == 'p' &&
			   memory_frame(getpid(), map) == frame);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_WP_COPY, 1));
	stage_claim_seen(stage, kernel_half_is_shared(stage->seen));
	return stage_over(stage);
}

/* ---- the TLB ---- */

#define ROUNDS 200

/* Remove and restore write access to a page. Return the mean duration, in ns. */
static ull protect(volatile char *map, bool touched)
{
	ull begin = clock_ns();

	for (int i = 0; i < ROUNDS; i++) {
		mprotect((void *)map, PAGE, PROT_READ);
		mprotect((void *)map, PAGE, PROT_READ | PROT_WRITE);
		if (touched)
			*map = 'w';
	}
	return (clock_ns() - begin) / ROUNDS;
}

/* Scene 13: TLB flushes. */
int tour_tlb_flushes(struct stage *stage)
{
	char *hole = memory_hole(PAGES * PAGE, PAGE);
	char *map = hole ? memory_map(hole, PAGES * PAGE) : NULL;
	int counter = tlb_flushes_open(), reading, writing, nothing;
	ull untouched, touched, flushes;

	if (!map)
		return SCENE_FAILED;
	untouched = protect(map, /* touched = */ false);
	touched = protect(map, /* touched = */ true);
	stage_begin(stage);
	stage_about(stage, map, PAGES * PAGE);
	flushes = tlb_flushes_count(counter);
	map[0] = 'a';
	mprotect(map, PAGE, PROT_READ);
	writing = memory_touch(map, /* write = */ true);
	reading = memory_touch(map, /* write = */ false);
	munmap(map, PAGE);
	nothing = memory_touch(map, /* write = */ false);
	flushes = tlb_flushes_count(counter) - flushes;
	stage_end(stage);
	if (counter >= 0)
		stage_fact(stage, "tlb:tlb_flush: %llu", flushes);
	stage_fact(stage, "mprotect x 2: %llu ns, %llu ns", untouched, touched);
	stage_claim(stage, writing == SIGSEGV && !reading);
	stage_claim(stage, nothing == SIGSEGV);
	return stage_over(stage);
}
