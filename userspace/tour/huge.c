// SPDX-License-Identifier: GPL-2.0-only
/* Scene about the reasons why memory has no huge page. */
#include "inspect/huge_space.h"
#include "system/memory.h"
#include "tour/tour.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE
#define HUGE MEMORY_HUGE

/* Size of the part of a block that the VMA lacks, in bytes. */
#define LATE (64UL << 10)

/* The blocks of the scene; each is 4 MiB after the previous one. */
enum { FREE, REFUSED, UNALIGNED, TOUCHED, DISABLED, BLOCKS };

/**
 * struct block - an aligned block of 2 MiB, as far as it is mapped
 * @at: first byte that is mapped
 * @test: the test of the kernel that the block fails; HUGE_NEXT: none
 * @fails: mmapdemo why --huge says that the block fails this test, and no other one that
 *	the scene plays
 * @huge: the touch has mapped a huge page
 */
struct block {
	volatile char *at;
	enum huge_reason test;
	bool fails;
	bool huge;
};

/* ---- answers ---- */

/* Ask for the block at @at, in the same way as mmapdemo why --huge. */
static bool ask(const volatile char *at, struct huge_verdict *verdict)
{
	struct vmas vmas = { 0 };
	struct vma_names names = { 0 };
	struct huge_space space = {
		.walk.pid = getpid(), .vmas = &vmas, .names = &names,
	};
	struct huge_block block;
	bool known;

	huge_space_open(&space.walk);
	known = !vmas_read(&vmas, getpid()) &&
		!vma_names_find(&names, &vmas, getpid()) &&
		!huge_space_read(&space) &&
		huge_space_block(&space, (uintptr_t)at, &block);
	if (known)
		*verdict = block.verdict;
	huge_space_free(&space);
	vma_names_free(&names);
	vmas_free(&vmas);
	return known;
}

/*
 * If the setting "enabled" is madvise, newer kernels also report the setting for memory
 * with MADV_NOHUGEPAGE, so look for the test among all that fail.
 */
static void explain(struct block *block)
{
	const __u32 played = huge_bit(HUGE_NOHUGEPAGE) | huge_bit(HUGE_RANGE) |
			     huge_bit(HUGE_TABLE) | huge_bit(HUGE_PRCTL);
	struct huge_verdict verdict;

	if (!ask(block->at, &verdict))
		return;
	block->fails = block->test == HUGE_NEXT ?
		       !verdict.failed :
		       (verdict.failed & played) == huge_bit(block->test);
}

/* ---- blocks ---- */

/*
 * A read maps the zero page. khugepaged makes no huge page of a block that has only zero
 * pages, so that the page table stays.
 */
static bool map_block(struct block *block, char *at, enum huge_reason test)
{
	const size_t late = test == HUGE_RANGE ? LATE : 0;
	char *map = memory_map(at + late, HUGE - late);

	if (!map)
		return false;
	block->at = map;
	block->test = test;
	if (test == HUGE_TABLE) {
		madvise(map, HUGE, MADV_NOHUGEPAGE);
		(void)*(volatile char *)(map + PAGE);
	}
	return !madvise(map, HUGE - late, test == HUGE_NOHUGEPAGE ?
			MADV_NOHUGEPAGE : MADV_HUGEPAGE);
}

static bool map_blocks(struct block blocks[BLOCKS])
{
	static const enum huge_reason tests[BLOCKS] = {
		[FREE] = HUGE_NEXT,
		[REFUSED] = HUGE_NOHUGEPAGE,
		[UNALIGNED] = HUGE_RANGE,
		[TOUCHED] = HUGE_TABLE,
		[DISABLED] = HUGE_PRCTL,
	};
	char *hole = memory_hole(2 * BLOCKS * HUGE, HUGE);
	bool mapped = hole;

	for (int i = 0; mapped && i < BLOCKS; i++)
		mapped = map_block(&blocks[i], hole + 2 * i * HUGE, tests[i]);
	return mapped;
}

static void disable(const struct block *block, bool disabled)
{
	if (block->test == HUGE_PRCTL)
		prctl(PR_SET_THP_DISABLE, disabled, 0, 0, 0);
}

static void touch(struct block *block)
{
	struct vma vma = { 0 };

	disable(block, true);
	*block->at = 1;
	disable(block, false);
	memory_vmas(block->at, PAGE, &vma);
	block->huge = vma.huge == HUGE;
}

static void show(struct stage *stage, const struct block *block)
{
	stage_fact(stage, "%p  %-10s  %s", (void *)block->at,
		   huge_word(block->test), block->huge ? "2 MiB" : "4 KiB");
}

/* Scene 19: four reasons why a touch does not map a huge page. */
int tour_why_not_huge(struct stage *stage)
{
	struct block blocks[BLOCKS] = { 0 };

	if (!tour_huge_pages_are_on() || !map_blocks(blocks))
		return stage_skip(stage, "never");
	for (int i = 0; i < BLOCKS; i++) {
		disable(&blocks[i], true);
		explain(&blocks[i]);
		disable(&blocks[i], false);
	}
	stage_begin(stage);
	stage_about(stage, blocks[0].at, 2 * BLOCKS * HUGE);
	for (int i = 0; i < BLOCKS; i++)
		touch(&blocks[i]);
	stage_end(stage);
	for (int i = 0; i < BLOCKS; i++)
		show(stage, &blocks[i]);
	if (!blocks[FREE].huge)
		return stage_skip(stage, "fragmented");
	for (int i = 0; i < BLOCKS; i++)
		stage_claim(stage, blocks[i].fails &&
				   blocks[i].huge == (i == FREE));
	stage_claim_seen(stage, stage->seen->fault_count == BLOCKS &&
			 stage_faults(stage, MMAPDEMO_FAULT_HUGE_ANON) == 1 &&
			 stage_faults(stage, MMAPDEMO_FAULT_ANON) == BLOCKS - 1);
	return stage_over(stage);
}
