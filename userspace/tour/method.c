// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scene about the methods by which drivers map memory. The same pages are
 * touched with each method.
 */
#include "base/clock.h"
#include "event/names.h"
#include "event/vm_flags.h"
#include "system/memory.h"
#include "tour/entries.h"
#include "tour/region.h"
#include "tour/tour.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE

typedef unsigned long long ull;

#define METHODS MMAPDEMO_BY_COUNT
#define BLOCK (MEMORY_HUGE / PAGE)
#define WRITTEN 16	/* pages written before mmap() */
#define TOUCHED 2

#define BY(method) (1U << MMAPDEMO_BY_##method)

/* Methods that map page frame numbers without using a struct page. */
#define BY_FRAME (BY(PFN) | BY(REMAP) | BY(HUGE))

/**
 * struct first - first touch of a region that is mapped by one of the methods
 * @method: enum mmapdemo_by
 * @fd: descriptor of the region, or -errno
 * @map: mapping of the whole region; NULL: the region could not be mapped
 * @mapping: duration of mmap(), in ns
 * @touching: time that it took to read TOUCHED pages, in ns
 * @faults: number of faults while the TOUCHED pages were read, from getrusage()
 * @tables: number of page tables that were allocated, derived from VmPTE
 * @entries: page table entries after the TOUCHED pages were read
 * @frames: the mapping is VM_PFNMAP
 */
struct first {
	__u32 method;
	int fd;
	volatile char *map;
	ull mapping;
	ull touching;
	long faults;
	long tables;
	struct entries entries;
	bool frames;
};

static void first_map(struct first *first, __u32 method, char *at)
{
	long tables;
	ull begin;

	first->method = method;
	first->fd = tour_region(method, 0, MEMORY_HUGE);
	if (first->fd < 0)
		return;
	for (int i = 0; i < WRITTEN; i++)
		if (pwrite(first->fd, "w", 1, i * PAGE) != 1)
			return;
	tables = tour_tables();
	begin = clock_ns();
	first->map = tour_map_region(first->fd, at, MEMORY_HUGE);
	first->mapping = clock_ns() - begin;
	first->tables = tour_tables() - tables;
}

static void first_touch(struct first *first)
{
	long tables = tour_tables();
	struct vma vma = { 0 };

	if (!first->map)
		return;
	first->faults = tour_touch_pages(first->map, TOUCHED, &first->touching);
	first->tables += tour_tables() - tables;
	first->entries = entries_of(first->fd, first->map, MEMORY_HUGE);
	memory_vmas(first->map, PAGE, &vma);
	first->frames = vma.flags & VM_PFNMAP;
}

static void show_first(struct stage *stage, const struct first *first)
{
	const char *name = name_of(names_by, first->method);

	if (first->map)
		stage_fact(stage, "%-8s %12llx %9llu %9llu %6ld %6zu %6ld  %s",
			   name, (ull)(uintptr_t)first->map, first->mapping,
			   first->touching, first->faults,
			   first->entries.pages, first->tables,
			   first->frames ? "pfn" : "page");
	else
		stage_fact(stage, "%-8s %12s", name, first->fd < 0 ?
			   strerror(-first->fd) : "-");
}

static bool one_by_one(const struct first *first)
{
	return first->faults == TOUCHED && first->entries.pages == TOUCHED;
}

static bool all_at_once(const struct first *first)
{
	return !first->faults && first->entries.pages == BLOCK;
}

static bool with_neighbours(const struct first *first)
{
	return first->faults == 1 && first->entries.pages > TOUCHED;
}

static bool huge_or_small(const struct first *first)
{
	return first->entries.huge ? first->faults == 1 && !first->tables &&
				   first->entries.pages == BLOCK :
				   one_by_one(first) && first->tables == 1;
}

/* Return true if pagemap, smaps and status agree with the page table walk. */
static bool as_proc_shows(const struct first *first)
{
	size_t present = memory_present(first->map, MEMORY_HUGE);

	return present == (first->frames ? 0 : first->entries.pages) &&
	       first->frames == !!(BY_FRAME & 1U << first->method) &&
	       first->tables == first->entries.tables;
}

/* Make a single claim about several methods. @methods is a bitmap of the methods. */
static void claim_by(struct stage *stage, const struct first *firsts,
		     unsigned int methods, bool (*holds)(const struct first *))
{
	bool known = true, all = true;

	for (int i = 0; i < METHODS; i++) {
		if (!(methods & 1U << i))
			continue;
		known = known && firsts[i].map;
		all = all && firsts[i].map && holds(&firsts[i]);
	}
	stage_claim_if(stage, known, all);
}

/* Return true if events and getrusage() agree on the number of faults. */
static bool events_agree(const struct stage_seen *seen,
			 const struct first *firsts)
{
	long faults[METHODS] = { 0 };
	bool agree = seen->fault_count <= STAGE_FAULTS;

	for (int i = 0; agree && i < seen->fault_count; i++)
		for (int by = 0; by < METHODS; by++)
			faults[by] += (seen->faults[i].address &
				       -MEMORY_HUGE) ==
				      (uintptr_t)firsts[by].map;
	for (int by = 0; by < METHODS; by++)
		agree = agree && faults[by] == firsts[by].faults;
	return agree;
}

/* Scene 16: the same touch with each method. */
int tour_methods(struct stage *stage)
{
	/*
	 * The mappings of all regions share a single PMD table. The access to
	 * the anchor allocates this table.
	 */
	char *hole = memory_hole((METHODS + 1) * MEMORY_HUGE, 1UL << 30);
	char *anchor = hole ? memory_map(hole + METHODS * MEMORY_HUGE, PAGE) :
			      NULL;
	struct first firsts[METHODS] = { 0 };

	if (!anchor)
		return SCENE_FAILED;
	*anchor = 1;
	tour_warm_up();
	for (int i = 0; i < METHODS; i++)
		first_map(&firsts[i], i, hole + i * MEMORY_HUGE);
	if (firsts[0].fd < 0)
		return tour_no_region(stage, firsts[0].fd);
	stage_begin(stage);
	stage_about(stage, hole, METHODS * MEMORY_HUGE);
	for (int i = 0; i < METHODS; i++)
		first_touch(&firsts[i]);
	stage_end(stage);
	stage_fact(stage, "%-8s %12s %9s %9s %6s %6s %6s", "", "", "mmap ns",
		   "read ns", "faults", "pages", "tables");
	for (int i = 0; i < METHODS; i++)
		show_first(stage, &firsts[i]);
	claim_by(stage, firsts, BY(PAGE) | BY(INSERT) | BY(PFN), one_by_one);
	claim_by(stage, firsts, BY(REMAP) | BY(PREPARE), all_at_once);
	claim_by(stage, firsts, BY(AROUND), with_neighbours);
	claim_by(stage, firsts, BY(HUGE), huge_or_small);
	if (firsts[MMAPDEMO_BY_HUGE].map && !firsts[MMAPDEMO_BY_HUGE].entries.huge)
		stage_note(stage, "small");
	claim_by(stage, firsts, (1U << METHODS) - 1, as_proc_shows);
	stage_claim_seen(stage, events_agree(stage->seen, firsts));
	return stage_over(stage);
}
