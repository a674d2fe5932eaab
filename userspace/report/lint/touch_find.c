// SPDX-License-Identifier: GPL-2.0-only
/* Part of lint: findings about the faults that touch.c has counted. */
#include "event/vm_flags.h"
#include "report/lint/touch.h"

#include <stdio.h>
#include <string.h>

/* Minimum numbers of faults for a finding. */
#define STORM_FAULTS 512
#define MAJOR_FAULTS 64
#define MAJOR_FAULTS_AREA 16

/* Pages that a major fault reads, plus as many between two such faults. */
#define READ_AHEAD 64

/* Populating costs more if more than one of eight pages is not used. */
static bool is_dense(__u64 pages, __u64 room)
{
	return pages * 8 >= room * 7;
}

/* ---- sums ---- */

/* Add the faults of areas that became part of another area to that area. */
static void join_areas(struct lint_touch *touch)
{
	for (struct area *area = touch->areas.all; area; area = area->next) {
		const struct touches *from = &touch->list[area->id];
		struct touches *to = &touch->list[area_whole(area)->id];

		if (from == to)
			continue;
		for (int i = 0; i < TAKERS; i++) {
			stats_join(&to->again[i], &from->again[i]);
			to->nr[i] = to->nr[i] ?: from->nr[i];
		}
		stats_join(&to->majors, &from->majors);
		to->small += from->small;
		to->pieces += from->pieces;
		if (to->low > from->low)
			to->low = from->low;
		if (to->high < from->high)
			to->high = from->high;
	}
}

/* Pages loaded first and stored to later are not for MADV_POPULATE_READ. */
static struct page_set pages_of(const struct page_block *block,
				enum page_use kind)
{
	struct page_set set = block->pages[kind];

	if (kind != USE_READ)
		return set;
	set = page_set_without(set, block->pages[USE_ZERO]);
	return page_set_without(set, block->pages[USE_COPY]);
}

/* Return the share of the block's faults that brought @pages of its pages. */
static struct stats share(const struct page_block *block,
			  enum page_use kind, unsigned int pages)
{
	const struct stats *faults = &block->faults[kind];
	unsigned int all = page_set_count(block->pages[kind]);

	if (!all)
		return (struct stats){ 0 };
	return (struct stats){
		.count = faults->count * pages / all,
		.ns = faults->ns * pages / all,
	};
}

/* USE_ZERO costs one more fault per page: the load of the zero page. */
static void add_dense(struct dense *dense, const struct page_block *block,
		      enum page_use kind, unsigned int pages)
{
	struct stats faults = share(block, kind, pages);

	if (kind == USE_ZERO)
		faults.ns += share(block, USE_READ, pages).ns;
	if (!dense->pages)
		dense->start = block->base;
	dense->end = block->base + BLOCK_BYTES;
	dense->pages += pages;
	stats_join(&dense->faults, &faults);
}

/*
 * Return the number of pages that is_dense() compares with. For USE_ZERO these
 * are the pages loaded from first: if few of them are stored to, few faults can
 * be saved.
 */
static unsigned int room_for(const struct page_block *block,
			     enum page_use kind, struct page_set hull)
{
	struct page_set set = block->pages[USE_READ];

	page_set_add(&set, block->pages[USE_ZERO]);
	return page_set_count(kind == USE_ZERO ? page_set_and(set, hull) :
						 hull);
}

static void add_block(struct touches *touches, const struct page_block *block)
{
	struct page_set hull = page_set_range(block->base, touches->low,
					      touches->high);
	unsigned int pages;

	touches->pages += page_set_count(page_set_and(block->again, hull));
	for (enum page_use kind = 0; kind < USES; kind++) {
		pages = page_set_count(page_set_and(pages_of(block, kind),
						    hull));
		if (pages && is_dense(pages, room_for(block, kind, hull)))
			add_dense(&touches->dense[kind], block, kind, pages);
	}
}

/* Add a block to each area that has a part of the block. */
static void share_block(struct lint_touch *touch,
			const struct page_block *block, __u64 start, __u64 end)
{
	const struct area like = {
		.space = block->space, .ino = block->ino, .dev = block->dev,
		.start = start, .end = end,
	};
	const struct area *area = areas_find(&touch->areas, &like);

	if (!area)
		return;
	add_block(&touch->list[area->id], block);
	if (area->start > start)
		share_block(touch, block, start, area->start);
	if (area->end < end)
		share_block(touch, block, area->end, end);
}

static void see_block(const struct page_block *block, void *data)
{
	share_block(data, block, block->base, block->base + BLOCK_BYTES);
}

/* ---- advice ---- */

static __u64 pages_in(const struct area *area)
{
	return (area->end - area->start) / BLOCK_PAGE_BYTES;
}

/* Only an area that takes at most half of the memory may be populated. */
static bool fits_memory(const struct area *area, __u64 memory)
{
	return area->end - area->start <= memory / 2;
}

static bool can_populate(const struct area *area, __u64 memory)
{
	return !(area->vm_flags & VM_NO_POPULATE) &&
	       fits_memory(area, memory);
}

static bool is_private(const struct area *area)
{
	return !(area->vm_flags & VM_MAYSHARE);
}

/* MAP_POPULATE stores to private writable memory, and loads from any other. */
static enum advice advice_to_write(const struct area *area, bool whole,
				   const struct lint_machine *machine)
{
	if (machine->populate)
		return whole && !area->ino ? ADVICE_POPULATE :
					     ADVICE_POPULATE_WRITE;
	return whole && is_private(area) ? ADVICE_POPULATE_OLD : ADVICES;
}

/* With fault-around, the faults take no longer than a call that populates. */
static bool is_around(const struct dense *dense)
{
	return dense->pages >= dense->faults.count * 4;
}

static enum advice advice_to_read(const struct area *area,
				  const struct dense *dense, bool whole,
				  const struct lint_machine *machine)
{
	if (area->vm_flags & VM_RAND_READ || is_around(dense))
		return ADVICES;
	if (machine->populate)
		return ADVICE_POPULATE_READ;
	return whole && !(is_private(area) && area->vm_flags & VM_WRITE) ?
	       ADVICE_POPULATE_OLD : ADVICES;
}

/*
 * Anonymous memory with MAP_NORESERVE is reserved first, then made accessible
 * step by step. glibc does this for the arenas of threads, without the
 * program's knowledge.
 */
static bool is_reserve(const struct area *area)
{
	return !area->ino && area->vm_flags & VM_NORESERVE;
}

/*
 * brk() takes no flags, but a heap that grows in large steps gets huge pages.
 * The heap is not aligned: with less than twice the size of a huge page there
 * may be none.
 */
static enum advice advice_for_heap(const struct area *area,
				   const struct touches *touches,
				   const struct lint_machine *machine)
{
	if (touches->small || area->vm_flags & VM_NOHUGEPAGE ||
	    touches->dense[USE_WRITE].faults.count < 2 * BLOCK_PAGES)
		return ADVICES;
	if (machine->thp == THP_ALWAYS)
		return ADVICE_TOP_PAD;
	return machine->thp == THP_MADVISE ? ADVICE_HUGETLB : ADVICES;
}

/* Pages per piece: for fewer, a call costs as much as the faults. */
#define PIECE_PAGES 8

/* One call does not populate a VMA that several mmap() calls have mapped. */
static enum advice advice_for_pieces(const struct touches *touches,
				     const struct dense *dense,
				     enum advice advice)
{
	__u64 half = 1ULL << (PIECE_SHIFT - 1);
	__u64 pieces = (touches->pieces + half) >> PIECE_SHIFT;

	if (pieces < 2 || advice == ADVICES)
		return advice;
	if (dense->pages < pieces * PIECE_PAGES)
		return ADVICE_LARGER;
	return advice == ADVICE_POPULATE_WRITE ? ADVICE_POPULATE_WRITE_EACH :
	       advice == ADVICE_POPULATE_READ ? ADVICE_POPULATE_READ_EACH :
						ADVICE_POPULATE_EACH;
}

/* Return the advice for dense faults. ADVICES: no advice would help. */
static enum advice advice_for(const struct area *area,
			      const struct touches *touches, enum page_use kind,
			      const struct lint_machine *machine)
{
	const struct dense *dense = &touches->dense[kind];
	bool whole = is_dense(dense->pages, pages_in(area));

	if (kind == USE_ZERO)
		return ADVICE_STORE_FIRST;
	if (area->vm_flags & VM_GROWSDOWN || is_reserve(area) ||
	    !can_populate(area, machine->memory))
		return ADVICES;
	if (kind == USE_READ)
		return advice_for_pieces(touches, dense,
				advice_to_read(area, dense, whole, machine));
	return strcmp(area->name, "[heap]") ?
	       advice_for_pieces(touches, dense,
				 advice_to_write(area, whole, machine)) :
	       advice_for_heap(area, touches, machine);
}

/* ---- findings ---- */

static struct finding finding_of(const struct area *area,
				 enum finding_kind kind, enum advice advice,
				 const struct stats *stats)
{
	struct finding finding = {
		.kind = kind,
		.advice = advice,
		.count = stats->count,
		.ns = stats->ns,
		.ranges = 1,
		.start = area->start,
		.end = area->end,
	};

	snprintf(finding.name, sizeof(finding.name), "%s", area->name);
	return finding;
}

static const enum finding_kind finding_kinds[USES] = {
	[USE_WRITE] = FINDING_STORM, [USE_READ] = FINDING_STORM,
	[USE_ZERO] = FINDING_ZERO, [USE_COPY] = FINDING_COPIED,
};

/* Pages that come and go, or must be read from a file, have other findings. */
static bool is_storm(const struct touches *touches, __u64 faults)
{
	__u64 again = 0;

	for (int i = 0; i < TAKERS; i++)
		again += touches->again[i].count;
	return faults >= STORM_FAULTS &&
	       (again < STORM_FAULTS || again < faults) &&
	       touches->majors.count * 2 < faults;
}

/* Subtract the faults that are in a finding about missed huge pages. */
static void leave_edges(struct stats *faults, const struct area *area,
			const struct dense *dense,
			const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *edges = &findings->list[i];

		if (edges->kind != FINDING_UNALIGNED ||
		    edges->space != area->space ||
		    edges->start >= dense->end || edges->end <= dense->start)
			continue;
		faults->count -= edges->pages < faults->count ?
				 edges->pages : faults->count;
		faults->ns -= edges->ns < faults->ns ? edges->ns : faults->ns;
	}
}

static int find_dense(const struct area *area, const struct touches *touches,
		      const struct lint_machine *machine,
		      struct findings *findings)
{
	int err = 0;

	for (enum page_use kind = 0; !err && kind < USES; kind++) {
		const struct dense *dense = &touches->dense[kind];
		enum advice advice = advice_for(area, touches, kind, machine);
		struct stats faults = dense->faults;
		struct finding finding;

		if (!area->ino && kind == USE_WRITE)
			leave_edges(&faults, area, dense, findings);
		finding = finding_of(area, finding_kinds[kind], advice,
				     &faults);
		if (finding.start < dense->start)
			finding.start = dense->start;
		if (finding.end > dense->end)
			finding.end = dense->end;
		if (advice < ADVICES && is_storm(touches, faults.count))
			err = findings_add(findings, &finding);
	}
	return err;
}

static int find_again(const struct area *area, const struct touches *touches,
		      struct findings *findings)
{
	static const enum advice advices[TAKERS] = {
		[TAKER_MADVISE] = ADVICE_KEEP_ADVISED,
		[TAKER_BRK] = ADVICE_KEEP_HEAP,
		[TAKER_MUNMAP] = ADVICE_KEEP_MAPPED,
		[TAKER_OTHER] = ADVICE_KEEP,
		[TAKER_UNKNOWN] = ADVICE_KEEP_ADVISED,
	};
	int err = 0;

	for (enum taker taker = 0; !err && taker < TAKERS; taker++) {
		struct finding finding = finding_of(area, FINDING_AGAIN,
				area->ino && taker != TAKER_MADVISE ?
				ADVICE_KEEP_FILE : advices[taker],
				&touches->again[taker]);

		finding.nr = touches->nr[taker];
		finding.pages = touches->pages < finding.count ?
				touches->pages : finding.count;
		if (finding.count >= STORM_FAULTS)
			err = findings_add(findings, &finding);
	}
	return err;
}

static enum advice advice_for_majors(const struct area *area,
				     const struct lint_machine *machine)
{
	if (area->vm_flags & VM_RAND_READ)
		return machine->populate ? ADVICE_NOT_RANDOM :
					   ADVICE_NOT_RANDOM_OLD;
	return machine->populate ? ADVICE_READ_AHEAD : ADVICE_READ_AHEAD_OLD;
}

/* Return true if at least half of the area was read: it can be read at once. */
static bool is_late(const struct area *area, const struct touches *touches,
		    __u64 memory)
{
	return touches->majors.count >= MAJOR_FAULTS_AREA &&
	       can_populate(area, memory) &&
	       touches->majors.count * READ_AHEAD >= pages_in(area);
}

static int find_majors(const struct lint_touch *touch,
		       const struct lint_machine *machine,
		       struct findings *findings)
{
	const struct area *area = touch->areas.all;
	__u64 majors = 0;
	int err = 0;

	for (; area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];

		if (!area->into && is_late(area, touches, machine->memory))
			majors += touches->majors.count;
	}
	area = majors < MAJOR_FAULTS ? NULL : touch->areas.all;
	for (; !err && area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];
		struct finding finding = finding_of(area, FINDING_MAJOR,
				advice_for_majors(area, machine),
				&touches->majors);

		if (!area->into && is_late(area, touches, machine->memory))
			err = findings_add(findings, &finding);
	}
	return err;
}

int lint_touch_findings(struct lint_touch *touch,
			const struct lint_machine *machine,
			struct findings *findings)
{
	const struct area *area = touch->areas.all;
	int err = 0;

	join_areas(touch);
	page_blocks_each(&touch->blocks, see_block, touch);
	for (; !err && area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];

		if (area->into)
			continue;
		err = find_dense(area, touches, machine, findings);
		if (!err)
			err = find_again(area, touches, findings);
	}
	return err ? err : find_majors(touch, machine, findings);
}
