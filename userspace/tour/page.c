// SPDX-License-Identifier: GPL-2.0-only
/* Scenes about anonymous pages: the zero page, a swapped-out page, and a huge page. */
#include "system/memory.h"
#include "tour/tour.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE
#define PAGES 8

/* Scene 5: read memory that was never written, then write to it. */
int tour_zero(struct stage *stage)
{
	char *hole = memory_hole(PAGES * PAGE, PAGE);
	volatile char *map = hole ? memory_map(hole, PAGES * PAGE) : NULL;
	struct vma unwritten = { 0 }, written = { 0 };
	int sum;

	if (!map)
		return SCENE_FAILED;
	stage_begin(stage);
	stage_about(stage, map, PAGES * PAGE);
	sum = map[0] | map[PAGE];
	stage_end(stage);
	memory_vmas(map, PAGE, &unwritten);
	stage_claim(stage, !sum);
	stage_claim_if(stage, memory_shows_frames(),
		       memory_frame(getpid(), map) ==
		       memory_frame(getpid(), map + PAGE));
	stage_claim(stage, unwritten.end && !unwritten.resident);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_ANON_ZERO, 2));
	stage_begin(stage);
	stage_about(stage, map, PAGES * PAGE);
	map[0] = 1;
	stage_end(stage);
	memory_vmas(map, PAGE, &written);
	stage_claim(stage, written.resident == PAGE &&
			   written.anonymous == PAGE);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_WP_COPY, 1));
	return stage_over(stage);
}

/*
 * Return true if there is a swap area. /proc/swaps has a header line, and one
 * line for each swap area.
 */
static bool swap_is_on(void)
{
	FILE *file = fopen("/proc/swaps", "re");
	char line[512];
	int lines = 0;

	while (file && fgets(line, sizeof(line), file))
		lines++;
	if (file)
		fclose(file);
	return lines > 1;
}

/*
 * Swap a page out. Try several times, because the page may not be on an LRU
 * list yet.
 */
static bool swap_out(char *page)
{
	for (int i = 0; i < 100 && !(memory_entry(getpid(), page) &
				     MEMORY_SWAPPED); i++)
		madvise(page, PAGE, 21 /* MADV_PAGEOUT */);
	return memory_entry(getpid(), page) & MEMORY_SWAPPED;
}

/* Scene 11: swap a page out, then in. */
int tour_swap(struct stage *stage)
{
	char *hole = memory_hole(PAGE, PAGE), text[8];
	char *map = hole ? memory_map(hole, PAGE) : NULL;

	if (!map)
		return SCENE_FAILED;
	if (!swap_is_on())
		return stage_skip(stage, "swap");
	strcpy(map, "swapped");
	if (!swap_out(map))
		return stage_skip(stage, "stays");
	stage_claim(stage, !(memory_entry(getpid(), map) & MEMORY_PRESENT));
	stage_begin(stage);
	stage_about(stage, map, PAGE);
	memcpy(text, map, sizeof(text));
	stage_end(stage);
	stage_claim(stage, !strcmp(text, "swapped"));
	stage_claim(stage, memory_entry(getpid(), map) & MEMORY_PRESENT);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_SWAP, 1));
	return stage_over(stage);
}

bool tour_huge_pages_are_on(void)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled",
			   "re");
	char line[128] = "[never]";

	if (file && !fgets(line, sizeof(line), file))
		strcpy(line, "[never]");
	if (file)
		fclose(file);
	return !strstr(line, "[never]");
}

/* Scene 12: one fault maps 512 pages. */
int tour_huge(struct stage *stage)
{
	char *hole = memory_hole(MEMORY_HUGE, MEMORY_HUGE);
	volatile char *map = hole ? memory_map(hole, MEMORY_HUGE) : NULL;
	struct vma vma = { 0 };

	if (!map)
		return SCENE_FAILED;
	if (!tour_huge_pages_are_on() ||
	    madvise((void *)map, MEMORY_HUGE, MADV_HUGEPAGE))
		return stage_skip(stage, "never");
	stage_begin(stage);
	stage_about(stage, map, MEMORY_HUGE);
	map[77 * PAGE] = 1;
	stage_end(stage);
	memory_vmas(map, MEMORY_HUGE, &vma);
	if (!vma.huge && vma.resident)
		return stage_skip(stage, "fragmented");
	stage_claim(stage, vma.huge == MEMORY_HUGE);
	stage_claim(stage, memory_present(map, MEMORY_HUGE) ==
			   MEMORY_HUGE / PAGE);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_HUGE_ANON, 1));
	return stage_over(stage);
}
