// SPDX-License-Identifier: GPL-2.0-only
/* Part of lint: the findings about faults that touch.c has counted. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "report/lint/touch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Minimum numbers of faults for a finding. */
#define STORM_FAULTS 512
#define MAJOR_FAULTS 64
#define MAJOR_FAULTS_AREA 16

/*
 * Distance between two major faults, in pages, if half of the pages are read. A
 * major fault reads half of this number of pages.
 */
#define READ_AHEAD 64

/* ---- sums ---- */

/* Add the faults of each absorbed area to the area that has absorbed it. */
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
		to->read_bytes += from->read_bytes;
		to->small += from->small;
		to->firsts += from->firsts;
		to->piece_pages += from->piece_pages;
		to->by_malloc += from->by_malloc;
		if (to->low > from->low)
			to->low = from->low;
		if (to->high < from->high)
			to->high = from->high;
	}
}

/*
 * Return the pages with the use @kind. For USE_READ, exclude pages that were
 * stored to after a load, because MADV_POPULATE_READ would not save the store's
 * fault.
 */
static struct page_set pages_of(const struct page_block *block,
				enum page_use kind)
{
	struct page_set set = block->pages[kind];

	if (kind != USE_READ)
		return set;
	set = page_set_without(set, block->pages[USE_ZERO]);
	return page_set_without(set, block->pages[USE_COPY]);
}

/*
 * Estimate the statistics of the faults on @pages pages of a block, in
 * proportion to all pages of the block that have the use @kind.
 */
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

/*
 * Return the dense pages of a block. For USE_ZERO, add the time of the faults
 * that mapped the zero page.
 */
static struct dense dense_of(const struct page_block *block,
			     enum page_use kind, unsigned int pages)
{
	struct dense dense = {
		.faults = share(block, kind, pages),
		.pages = pages,
		.start = block->base,
		.end = block->base + BLOCK_BYTES,
	};

	if (kind == USE_ZERO)
		dense.faults.ns += share(block, USE_READ, pages).ns;
	return dense;
}

/*
 * Return the number of pages to which is_dense() compares the number of used
 * pages. For USE_ZERO, count only pages that were loaded from first. If the
 * program stored to few of these pages, few faults can be saved.
 */
static unsigned int room_for(const struct page_block *block,
			     enum page_use kind, struct page_set hull)
{
	struct page_set set = block->pages[USE_READ];

	page_set_add(&set, block->pages[USE_ZERO]);
	return page_set_count(kind == USE_ZERO ? page_set_and(set, hull) :
						 hull);
}

static void add_block(struct lint_touch *touch, const struct area *area,
		      const struct page_block *block)
{
	struct touches *touches = &touch->list[area->id];
	struct page_set hull = page_set_range(block->base, touches->low,
					      touches->high);
	struct page_set used = block->touched;

	for (enum taker i = 0; i < TAKERS; i++)
		touches->pages[i] += page_set_count(page_set_and(block->again[i],
								 hull));
	page_set_add(&used, block->pages[USE_READ]);
	touches->used += page_set_count(page_set_and(used, hull));
	for (enum page_use kind = 0; kind < USES; kind++) {
		struct page_set set = page_set_and(pages_of(block, kind), hull);
		unsigned int pages = page_set_count(set);
		struct dense dense = dense_of(block, kind, pages);

		if (!pages || !is_dense(pages, room_for(block, kind, hull)))
			continue;
		dense_join(&touches->dense[kind], &dense);
		dense_runs_add(&touch->runs, &dense, &touches->run[kind]);
	}
}

/* Add a block to each area that contains a part of the block. */
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
	add_block(touch, area, block);
	if (area->start > start)
		share_block(touch, block, start, area->start);
	if (area->end < end)
		share_block(touch, block, area->end, end);
}

static void see_block(const struct page_block *block, void *data)
{
	share_block(data, block, block->base, block->base + BLOCK_BYTES);
}

/* ---- shared memory ---- */

/* Return true for memory from mmap() or shmget() that several processes can share. */
static bool is_shared_memory(const struct area *area)
{
	const char *name = path_base(area->name);

	return area->ino && area->vm_flags & VM_MAYSHARE &&
	       (file_title(area->name) != area->name ||
		!strcmp(name, SHARED_MEMORY) || !strncmp(name, "SYSV", 4));
}

static struct key file_of(const struct area *area)
{
	return (struct key){ { area->dev, area->ino } };
}

/*
 * For each file of shared memory, find an address space that touched the file,
 * and count the other address spaces that touched the file.
 */
static int find_sharers(struct lint_touch *touch)
{
	const struct area *area = touch->areas.all;

	for (; area; area = area->next) {
		const struct key key = file_of(area);
		struct row *row;

		if (area->into || !is_shared_memory(area))
			continue;
		row = table_row(&touch->sharers, &key);
		if (!row)
			return -ENOMEM;
		row->majors = row->majors ?: area->space + 1ULL;
		row->stats.count += row->majors != area->space + 1ULL;
	}
	return 0;
}

static bool has_sharers(const struct lint_touch *touch,
			const struct area *area)
{
	const struct key key = file_of(area);
	const struct row *row = is_shared_memory(area) ?
				table_find(&touch->sharers, &key) : NULL;

	return row && row->stats.count;
}

/*
 * Return true for memory of a program or library, which exec or the dynamic
 * linker has mapped. The program cannot populate this memory in advance,
 * because the memory contains its own code. To read the whole file before the
 * program starts would take as long as the faults.
 */
static bool is_image(const struct lint_touch *touch, const struct area *area)
{
	const struct key key = { { area->space, area->dev, area->ino } };

	return area->ino && table_find(&touch->images, &key);
}

/* ---- advice ---- */

static __u64 pages_in(const struct area *area)
{
	return (area->end - area->start) / BLOCK_PAGE_BYTES;
}

/*
 * Return true if the area is not larger than half of the memory. Larger areas
 * should not be populated.
 */
static bool fits_memory(const struct area *area, __u64 memory)
{
	return area->end - area->start <= memory / 2;
}

static bool can_populate(const struct area *area, __u64 memory)
{
	return !(area->vm_flags & VM_NO_POPULATE) &&
	       fits_memory(area, memory);
}

static bool is_heap(const struct area *area)
{
	return !strcmp(area->name, "[heap]");
}

static bool is_private(const struct area *area)
{
	return !(area->vm_flags & VM_MAYSHARE);
}

/*
 * Return the advice to populate memory for stores. MAP_POPULATE populates
 * private writable memory for stores, but any other memory for loads.
 */
static enum advice advice_to_write(const struct area *area, bool whole,
				   const struct lint_machine *machine)
{
	if (machine->populate)
		return whole && !area->ino ? ADVICE_POPULATE :
					     ADVICE_POPULATE_WRITE;
	return whole && is_private(area) ? ADVICE_POPULATE_OLD : ADVICES;
}

/* Return true if fault-around makes the faults as cheap as populating. */
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
 * Return true for anonymous memory with MAP_NORESERVE. glibc reserves the
 * arenas of threads with MAP_NORESERVE, and makes the arenas accessible step by
 * step. The program does not control these arenas.
 */
static bool is_reserve(const struct area *area)
{
	return !area->ino && area->vm_flags & VM_NORESERVE;
}

/* The step by which the heap grows if the user follows ADVICE_TOP_PAD, in pages. */
#define TOP_PAD_PAGES 4096

/*
 * Return the advice for a heap. brk() has no flags, but a heap that grows in
 * large steps gets huge pages. A heap smaller than two huge pages may have no
 * room for an aligned huge page. In a heap with mostly huge pages, the small
 * pages are at the ends of the steps.
 */
static enum advice advice_for_heap(const struct area *area,
				   const struct touches *touches,
				   const struct lint_machine *machine)
{
	__u64 faults = touches->dense[USE_WRITE].faults.count;

	if (touches->small || area->vm_flags & VM_NOHUGEPAGE ||
	    faults < 2 * BLOCK_PAGES || faults * 2 < pages_in(area))
		return ADVICES;
	if (machine->thp == THP_ALWAYS)
		return faults < TOP_PAD_PAGES ? ADVICES : ADVICE_TOP_PAD;
	return machine->thp == THP_MADVISE ? ADVICE_HUGETLB : ADVICES;
}

/*
 * Minimum number of pages per mmap() call. With fewer pages, a call that
 * populates the pages costs as much as the faults.
 */
#define PIECE_PAGES 8

/*
 * Return true if large blocks should be in the heap. glibc's malloc() uses
 * mmap() for large blocks. In a heap with room for many large blocks, these
 * blocks would get huge pages.
 */
static bool is_better_in_heap(const struct area *area,
			      const struct touches *touches,
			      const struct lint_machine *machine)
{
	return touches->by_malloc > 0 && machine->thp == THP_ALWAYS &&
	       !touches->small && !(area->vm_flags & VM_NOHUGEPAGE);
}

/*
 * Return the advice for pages that several mmap() calls have mapped. The advice
 * does not depend on whether the memory was touched as a whole or in part.
 */
static enum advice advice_for_each(enum advice advice)
{
	switch (advice) {
	case ADVICE_POPULATE:
	case ADVICE_POPULATE_WRITE:
		return ADVICE_POPULATE_WRITE_EACH;
	case ADVICE_POPULATE_READ:
		return ADVICE_POPULATE_READ_EACH;
	default:
		return ADVICE_POPULATE_EACH;
	}
}

/*
 * Estimate the number of mmap() calls that mapped most of the touched pages.
 * The estimate uses the mean size of a mapping. The mean is weighted by touched
 * pages, so that small neighbouring mappings matter little.
 */
static __u64 pieces_of(const struct touches *touches)
{
	__u64 pages = touches->piece_pages;

	return pages ? (touches->firsts * touches->firsts + pages / 2) / pages :
		       0;
}

/*
 * Return the advice for a mapping. If several mmap() calls have mapped the VMA,
 * MAP_POPULATE in one of the calls cannot populate the whole VMA.
 */
static enum advice advice_for_pieces(const struct area *area,
				     const struct touches *touches,
				     enum page_use kind,
				     const struct lint_machine *machine)
{
	const struct dense *dense = &touches->dense[kind];
	bool whole = is_dense(dense->pages, pages_in(area));
	enum advice advice = kind == USE_READ ?
			     advice_to_read(area, dense, whole, machine) :
			     advice_to_write(area, whole, machine);
	__u64 pieces = pieces_of(touches);

	if (advice == ADVICES)
		return advice;
	if (pieces >= 2 && dense->pages < pieces * PIECE_PAGES)
		return ADVICE_LARGER;
	if (machine->populate && kind == USE_WRITE &&
	    is_better_in_heap(area, touches, machine))
		return ADVICE_POPULATE_MALLOC;
	return pieces < 2 ? advice : advice_for_each(advice);
}

/*
 * Return the advice for dense faults, or ADVICES if no advice would help. A
 * process that populates shared memory saves only its own faults.
 */
static enum advice advice_for(const struct lint_touch *touch,
			      const struct area *area, enum page_use kind,
			      const struct lint_machine *machine)
{
	const struct touches *touches = &touch->list[area->id];
	const struct dense *dense = &touches->dense[kind];

	if (kind == USE_ZERO)
		return ADVICE_STORE_FIRST;
	if (area->vm_flags & VM_GROWSDOWN || is_reserve(area) ||
	    is_image(touch, area) ||
	    !can_populate(area, machine->memory))
		return ADVICES;
	if (has_sharers(touch, area))
		return is_around(dense) ? ADVICES : ADVICE_HUGE_SHARED;
	return is_heap(area) && kind != USE_READ ?
	       advice_for_heap(area, touches, machine) :
	       advice_for_pieces(area, touches, kind, machine);
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

/*
 * Return true if there are enough faults for a FINDING_STORM. Return false if a
 * FINDING_AGAIN counts at least as many faults, or if at least half as many
 * faults wait for the file.
 */
static bool is_storm(const struct touches *touches, __u64 faults)
{
	__u64 again = 0;

	for (int i = 0; i < TAKERS; i++)
		again += touches->again[i].count;
	return faults >= STORM_FAULTS &&
	       (again < STORM_FAULTS || again < faults) &&
	       touches->majors.count * 2 < faults;
}

static void leave_edge(struct stats *faults, const struct dense *dense,
		       const struct edge *edge)
{
	const struct stats *storm = &edge->storm;

	if (edge->base < dense->start || edge->base >= dense->end)
		return;
	faults->count -= storm->count < faults->count ? storm->count :
							faults->count;
	faults->ns -= storm->ns < faults->ns ? storm->ns : faults->ns;
}

/*
 * Return true if the finding is about memory of the area. Without this check,
 * the edge at the end of one mapping could be taken for memory of another area
 * that begins in the same 2 MiB.
 */
static bool is_in_area(const struct finding *finding, const struct area *area)
{
	return finding->space == area->space && finding->start < area->end &&
	       finding->end > area->start;
}

/* The pages of a FINDING_SMALL are those that a storm would count. */
static void leave_pages(struct stats *faults, const struct finding *finding)
{
	faults->count -= finding->pages < faults->count ? finding->pages :
							  faults->count;
	faults->ns -= finding->ns < faults->ns ? finding->ns : faults->ns;
}

/* Subtract faults that are part of a finding about missed huge pages. */
static void leave_edges(struct stats *faults, const struct area *area,
			const struct dense *dense,
			const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding->kind == FINDING_SMALL && is_in_area(finding, area))
			leave_pages(faults, finding);
		if (finding->kind != FINDING_UNALIGNED ||
		    !is_in_area(finding, area))
			continue;
		leave_edge(faults, dense, &finding->edges[0]);
		leave_edge(faults, dense, &finding->edges[1]);
	}
}

static int add_finding(const struct area *area, enum finding_kind kind,
		       enum advice advice, const struct dense *dense,
		       const struct stats *faults, struct findings *findings)
{
	struct finding finding = finding_of(area, kind, advice, faults);

	if (finding.start < dense->start)
		finding.start = dense->start;
	if (finding.end > dense->end)
		finding.end = dense->end;
	return findings_add(findings, &finding);
}

/* Return the faults that are not part of a finding about missed huge pages. */
static struct stats faults_of(const struct area *area, enum page_use kind,
			      const struct dense *dense,
			      const struct findings *findings)
{
	struct stats faults = dense->faults;

	if (!area->ino && kind == USE_WRITE)
		leave_edges(&faults, area, dense, findings);
	return faults;
}

/*
 * Return true if nearly all pages from the first to the last dense block are
 * dense, or if the advice is not about a range of addresses.
 */
static bool is_one_range(const struct area *area, const struct dense *dense)
{
	__u64 start = area->start > dense->start ? area->start : dense->start;
	__u64 end = area->end < dense->end ? area->end : dense->end;

	return is_heap(area) ||
	       is_dense(dense->pages, (end - start) / BLOCK_PAGE_BYTES);
}

/*
 * Add a finding for each dense range of the area, or one finding if the area
 * counts as a single range.
 */
static int add_ranges(const struct lint_touch *touch, const struct area *area,
		      enum page_use kind, enum advice advice,
		      struct findings *findings)
{
	const struct touches *touches = &touch->list[area->id];
	const struct dense *all = &touches->dense[kind];
	struct stats faults = faults_of(area, kind, all, findings);
	const struct dense_run *run;
	int err = 0;

	if (is_one_range(area, all))
		return add_finding(area, finding_kinds[kind], advice, all,
				   &faults, findings);
	for (size_t i = touches->run[kind]; !err && i; i = run->before) {
		run = &touch->runs.list[i - 1];
		faults = faults_of(area, kind, &run->dense, findings);
		if (faults.count)
			err = add_finding(area, finding_kinds[kind], advice,
					  &run->dense, &faults, findings);
	}
	return err;
}

static int find_dense(const struct lint_touch *touch, const struct area *area,
		      const struct lint_machine *machine,
		      struct findings *findings)
{
	const struct touches *touches = &touch->list[area->id];
	int err = 0;

	for (enum page_use kind = 0; !err && kind < USES; kind++) {
		struct stats faults = faults_of(area, kind,
						&touches->dense[kind],
						findings);
		enum advice advice = advice_for(touch, area, kind, machine);

		if (advice < ADVICES && is_storm(touches, faults.count))
			err = add_ranges(touch, area, kind, advice, findings);
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
		enum advice advice = area->ino && taker != TAKER_MADVISE ?
				     ADVICE_KEEP_FILE : advices[taker];
		struct finding finding;

		if (advice == ADVICE_KEEP_MAPPED && touches->by_malloc <= 0)
			advice = ADVICE_KEEP;
		finding = finding_of(area, FINDING_AGAIN, advice,
				     &touches->again[taker]);

		finding.nr = touches->nr[taker];
		finding.pages = touches->pages[taker] < finding.count ?
				touches->pages[taker] : finding.count;
		if (finding.count >= STORM_FAULTS)
			err = findings_add(findings, &finding);
	}
	return err;
}

/* Return true if read-ahead was off, so that each fault read only its own page. */
static bool reads_single_pages(const struct touches *touches)
{
	return touches->read_bytes &&
	       touches->read_bytes <= touches->majors.count * BLOCK_PAGE_BYTES;
}

/*
 * Return the advice for faults that wait for reads of a file. readahead() and
 * MADV_WILLNEED do not help, because they start to read only a small part of
 * the file. Only MADV_POPULATE_READ reads a private writable mapping without
 * copying its pages.
 */
static enum advice advice_for_majors(const struct area *area,
				     const struct touches *touches,
				     const struct lint_machine *machine)
{
	if (area->vm_flags & VM_RAND_READ)
		return machine->populate ? ADVICE_NOT_RANDOM :
					   ADVICE_NOT_RANDOM_OLD;
	if (machine->populate && reads_single_pages(touches))
		return ADVICE_READ_AHEAD_OFF;
	if (machine->populate)
		return ADVICE_READ_AHEAD;
	return is_private(area) && area->vm_flags & VM_WRITE ?
	       ADVICES : ADVICE_READ_AHEAD_OLD;
}

/*
 * Return true if at least half of the area was read, so that it is better to
 * read the whole area at once.
 */
static bool is_late(const struct lint_touch *touch, const struct area *area,
		    const struct lint_machine *machine)
{
	const struct touches *touches = &touch->list[area->id];

	return touches->majors.count >= MAJOR_FAULTS_AREA &&
	       can_populate(area, machine->memory) && !is_image(touch, area) &&
	       advice_for_majors(area, touches, machine) < ADVICES &&
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

		if (!area->into && is_late(touch, area, machine))
			majors += touches->majors.count;
	}
	area = majors < MAJOR_FAULTS ? NULL : touch->areas.all;
	for (; !err && area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];
		struct finding finding = finding_of(area, FINDING_MAJOR,
				advice_for_majors(area, touches, machine),
				&touches->majors);

		if (!area->into && is_late(touch, area, machine))
			err = findings_add(findings, &finding);
	}
	return err;
}

/* ---- unused read-ahead ---- */

/* A finding needs reads of at least this many bytes per fault. */
#define READ_BYTES_FAULT (1ULL << 20)

/* ... of which at most one page in this number of pages was used. */
#define READ_PAGES_USED 8

/* Count the used pages of each file, and the bytes that faults read. */
static int count_files(struct lint_touch *touch)
{
	const struct area *area = touch->areas.all;

	for (; area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];
		const struct key key = file_of(area);
		struct row *row;

		if (area->into || !area->ino)
			continue;
		row = table_row(&touch->files, &key);
		if (!row)
			return -ENOMEM;
		row->stats.count += touches->used;
		row->stats.ns += touches->read_bytes;
	}
	return 0;
}

/* Return true if few of the pages were used that faults read from the file. */
static bool reads_in_vain(const struct lint_touch *touch, const struct area *area)
{
	const struct touches *touches = &touch->list[area->id];
	const struct key key = file_of(area);
	const struct row *row = table_find(&touch->files, &key);

	return touches->majors.count && !(area->vm_flags & VM_RAND_READ) &&
	       touches->read_bytes >= touches->majors.count * READ_BYTES_FAULT &&
	       row->stats.ns >= row->stats.count * READ_PAGES_USED * BLOCK_PAGE_BYTES;
}

static int find_unread(struct lint_touch *touch, struct findings *findings)
{
	const struct area *area = touch->areas.all;
	int err = count_files(touch);

	for (; !err && area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];
		struct finding finding = finding_of(area, FINDING_UNREAD,
						    ADVICE_READ_LESS,
						    &touches->majors);

		finding.bytes = touches->read_bytes;
		finding.pages = touches->used;
		if (!area->into && area->ino && !is_image(touch, area) &&
		    reads_in_vain(touch, area))
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
	err = touch->runs.err ?: find_sharers(touch);
	for (; !err && area; area = area->next) {
		const struct touches *touches = &touch->list[area->id];

		if (area->into)
			continue;
		err = find_dense(touch, area, machine, findings);
		if (!err)
			err = find_again(area, touches, findings);
	}
	return err ?: find_majors(touch, machine, findings) ?:
	       find_unread(touch, findings);
}
