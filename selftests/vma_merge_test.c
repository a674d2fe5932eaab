// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event vma_merge: which neighbour was extended over a range. The tests
 * compare the event with the VMAs in /proc/self/maps before and after the
 * merge.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

/*
 * Number of unmapped pages in an area. Pages 1 and 3 are the neighbours of page
 * 2.
 */
#define AREA 5

static bool place(char *area, size_t page, int prot)
{
	char *address = page_at(area, page);

	return mmap(address, page_size(), prot, ANON | MAP_FIXED_NOREPLACE, -1,
		    0) == address;
}

/*
 * Return true if the value of @key in the event is the range of @vma. If there
 * is no VMA, the value is 0x0-0x0.
 */
static bool range_is_vma(const struct event *e, const char *key,
			 const struct vma *vma)
{
	return event_range_is(e, key, (void *)vma->start, (void *)vma->end);
}

static struct vma vma_or_none(const void *address)
{
	struct vma vma;

	vma_of(address, &vma);
	return vma;
}

static const struct event *merged(const struct trace *trace)
{
	return only_event(trace, MMAPDEMO_EVENT_VMA_MERGE);
}

/* ---- mmap ---- */

FIXTURE(merge)
{
	struct trace trace;
	char *area;
};

/*
 * The pages of the area:
 *
 *	| 0 | prev | new  | next | 4 |
 */
FIXTURE_VARIANT(merge)
{
	int prev;	/* PROT_* of the previous VMA, or NONE */
	int next;
	size_t page;	/* first page of the new mapping */
	const char *outcome;
	int vmas;	/* number of VMAs after the call */
};

#define NONE (-1)

FIXTURE_VARIANT_ADD(merge, alone)
{
	.prev = NONE, .next = NONE, .page = 2, .outcome = "none", .vmas = 1,
};

FIXTURE_VARIANT_ADD(merge, after)
{
	.prev = RW, .next = NONE, .page = 2, .outcome = "prev", .vmas = 1,
};

FIXTURE_VARIANT_ADD(merge, before)
{
	.prev = NONE, .next = RW, .page = 2, .outcome = "next", .vmas = 1,
};

FIXTURE_VARIANT_ADD(merge, between)
{
	.prev = RW, .next = RW, .page = 2, .outcome = "both", .vmas = 1,
};

FIXTURE_VARIANT_ADD(merge, between_others)
{
	.prev = PROT_READ, .next = PROT_NONE, .page = 2, .outcome = "none",
	.vmas = 3,
};

FIXTURE_VARIANT_ADD(merge, after_another)
{
	.prev = PROT_READ, .next = RW, .page = 2, .outcome = "next", .vmas = 2,
};

FIXTURE_VARIANT_ADD(merge, before_another)
{
	.prev = RW, .next = PROT_READ, .page = 2, .outcome = "prev", .vmas = 2,
};

FIXTURE_VARIANT_ADD(merge, a_page_away)
{
	.prev = RW, .next = NONE, .page = 3, .outcome = "none", .vmas = 2,
};

FIXTURE_SETUP(merge)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->area = hole(AREA * page_size(), page_size());
	ASSERT_NE(NULL, self->area);
	ASSERT_TRUE(variant->prev == NONE ||
		    place(self->area, 1, variant->prev));
	ASSERT_TRUE(variant->next == NONE ||
		    place(self->area, 3, variant->next));
}

FIXTURE_TEARDOWN(merge)
{
	trace_destroy(&self->trace);
}

TEST_F(merge, a_new_mapping_extends_the_neighbours_that_are_like_it)
{
	char *start = page_at(self->area, variant->page);
	char *end = start + page_size();
	struct vma prev = vma_or_none(start - 1);
	struct vma next = vma_or_none(end);
	const struct event *e;
	struct vma result;
	int vmas;

	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_TRUE(place(self->area, variant->page, RW));
	vmas = vmas_of_process();
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(variant->vmas,
		  vmas_in(self->area, page_at(self->area, AREA), NULL));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	result = vma_or_none(start);
	EXPECT_TRUE(event_is(e, "cause", "mmap"));
	EXPECT_TRUE(event_is(e, "outcome", variant->outcome)) {
		TH_LOG("%s", e->fields);
	}
	EXPECT_TRUE(event_range_is(e, "range", start, end));
	EXPECT_TRUE(range_is_vma(e, "prev", &prev));
	EXPECT_TRUE(range_is_vma(e, "next", &next));
	EXPECT_TRUE(range_is_vma(e, "result", &result));
	EXPECT_TRUE(event_is(e, "prot", "rw"));
	EXPECT_EQ(vmas, event_num(e, "map_count"));
	EXPECT_EQ(!strcmp(variant->outcome, "none"),
		  events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

/*
 * The pages of the area before and after the call:
 *
 *	| rw   | r    | none | r    | rw   |
 *	| rw                               |
 */
TEST(a_replaced_mapping_was_not_absorbed)
{
	char *area = hole(AREA * page_size(), page_size());
	static const int prot[AREA] = {
		RW, PROT_READ, PROT_NONE, PROT_READ, RW,
	};
	const struct event *e;
	struct trace trace = { };

	ASSERT_TRUE(trace_create(&trace));
	for (size_t i = 0; i < AREA; i++)
		ASSERT_TRUE(place(area, i, prot[i]));
	ASSERT_EQ(AREA, vmas_in(area, page_at(area, AREA), NULL));
	ASSERT_TRUE(trace_begin(&trace, "vma_merge"));
	ASSERT_EQ(page_at(area, 1), mmap(page_at(area, 1), 3 * page_size(), RW,
					 ANON | MAP_FIXED, -1, 0));
	ASSERT_TRUE(trace_end(&trace));
	ASSERT_EQ(1, vmas_in(area, page_at(area, AREA), NULL));
	e = merged(&trace);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "outcome", "both"));
	EXPECT_EQ(1, event_num(e, "absorbed"));
	trace_destroy(&trace);
}

/* ---- mprotect, brk, mremap ---- */

FIXTURE(change)
{
	struct trace trace;
	char *area;
};

FIXTURE_SETUP(change)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->area = hole(AREA * page_size(), page_size());
	ASSERT_NE(NULL, self->area);
}

FIXTURE_TEARDOWN(change)
{
	trace_destroy(&self->trace);
}

/*
 * The pages of the area before and after the call:
 *
 *	|      | rw   | r    | rw   |      |
 *	|      | rw                 |      |
 */
TEST_F(change, mprotect_joins_both_neighbours)
{
	char *start = page_at(self->area, 2);
	const struct event *e;
	struct vma result;

	ASSERT_TRUE(place(self->area, 1, RW));
	ASSERT_TRUE(place(self->area, 2, PROT_READ));
	ASSERT_TRUE(place(self->area, 3, RW));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(0, mprotect(start, page_size(), RW));
	ASSERT_TRUE(trace_end(&self->trace));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	result = vma_or_none(start);
	EXPECT_TRUE(event_is(e, "cause", "change"));
	EXPECT_TRUE(event_is(e, "outcome", "both"));
	EXPECT_TRUE(event_range_is(e, "range", start, start + page_size()));
	EXPECT_TRUE(event_range_is(e, "prev", page_at(self->area, 1), start));
	EXPECT_TRUE(event_range_is(e, "next", page_at(self->area, 3),
				   page_at(self->area, 4)));
	EXPECT_TRUE(range_is_vma(e, "result", &result));
	EXPECT_EQ(3 * page_size(), result.end - result.start);
	EXPECT_EQ(0, events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

/*
 * The first of two pages becomes a part of its neighbour:
 *
 *	| r | rw | rw |
 *	| r     | rw |
 */
TEST_F(change, mprotect_of_a_part_moves_the_border)
{
	const struct event *e;
	struct vma result;

	/*
	 * Make all pages writable first. Otherwise, VM_ACCOUNT could differ
	 * between memory that was writable and memory that never was.
	 */
	for (size_t i = 0; i < 3; i++)
		ASSERT_TRUE(place(self->area, i, RW));
	ASSERT_EQ(0, mprotect(self->area, page_size(), PROT_READ));
	ASSERT_EQ(2, vmas_in(self->area, page_at(self->area, 3), NULL));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	ASSERT_EQ(0, mprotect(page_at(self->area, 1), page_size(), PROT_READ));
	ASSERT_TRUE(trace_end(&self->trace));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	result = vma_or_none(self->area);
	EXPECT_TRUE(event_is(e, "outcome", "prev"));
	EXPECT_TRUE(range_is_vma(e, "result", &result));
	EXPECT_EQ(2 * page_size(), result.end - result.start);
	/*
	 * The field "next" is the VMA that contained the end of the range. This
	 * VMA was cut.
	 */
	EXPECT_TRUE(event_range_is(e, "next", page_at(self->area, 1),
				   page_at(self->area, 3)));
}

TEST_F(change, mprotect_of_the_middle_merges_with_none)
{
	const struct event *e;

	for (size_t i = 0; i < 3; i++)
		ASSERT_TRUE(place(self->area, i, RW));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(0, mprotect(page_at(self->area, 1), page_size(), PROT_READ));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(3, vmas_in(self->area, page_at(self->area, 3), NULL));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "cause", "change"));
	EXPECT_TRUE(event_is(e, "outcome", "none"));
	/* When a VMA is split, its parts cause no event vma_link. */
	EXPECT_EQ(0, events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

TEST_F(change, mprotect_without_a_change_is_no_event)
{
	ASSERT_TRUE(place(self->area, 1, RW));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	ASSERT_EQ(0, mprotect(page_at(self->area, 1), page_size(), RW));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

TEST_F(change, mlock_of_a_part_and_back)
{
	char *middle = page_at(self->area, 1);

	for (size_t i = 0; i < 3; i++)
		ASSERT_TRUE(place(self->area, i, RW));
	/*
	 * Touch all pages as one VMA. If VMAs are touched separately, they get
	 * different anon_vmas, which prevent a merge.
	 */
	write_pages(self->area, 3);
	ASSERT_EQ(0, mlock(middle, page_size()));
	ASSERT_EQ(3, vmas_in(self->area, page_at(self->area, 3), NULL));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	ASSERT_EQ(0, munlock(middle, page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(1, vmas_in(self->area, page_at(self->area, 3), NULL));
	ASSERT_NE(NULL, merged(&self->trace));
	EXPECT_TRUE(event_is(merged(&self->trace), "outcome", "both"));
}

TEST_F(change, munmap_is_no_event)
{
	for (size_t i = 0; i < 3; i++)
		ASSERT_TRUE(place(self->area, i, RW));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(0, munmap(page_at(self->area, 1), page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

TEST_F(change, brk_extends_the_heap)
{
	size_t grow = PAGES * page_size();
	const struct event *e;
	struct vma heap;
	char *old;

	/*
	 * Make sure that the heap exists. Nothing else changes the heap after
	 * this call.
	 */
	ASSERT_NE((void *)-1, sbrk(page_size()));
	old = sbrk(0);
	old = (char *)(((uintptr_t)old + page_size() - 1) & -page_size());
	ASSERT_EQ(0, brk(old));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(0, brk(old + grow));
	heap = vma_or_none(old);
	ASSERT_TRUE(trace_end(&self->trace));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "cause", "brk"));
	EXPECT_TRUE(event_is(e, "outcome", "prev"));
	EXPECT_TRUE(event_range_is(e, "range", old, old + grow));
	EXPECT_TRUE(range_is_vma(e, "result", &heap));
	EXPECT_EQ(0, events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

/*
 * The last page of the heap is read-only. brk() therefore creates a new VMA
 * instead of extending the VMA of this page.
 */
TEST_F(change, brk_after_another_mapping_is_a_new_vma)
{
	const struct event *link;
	struct vma heap;
	char *old;

	ASSERT_NE((void *)-1, sbrk(PAGES * page_size()));
	old = sbrk(0);
	old = (char *)((uintptr_t)old & -page_size());
	ASSERT_EQ(0, brk(old));
	ASSERT_EQ(0, mprotect(old - page_size(), page_size(), PROT_READ));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(0, brk(old + page_size()));
	heap = vma_or_none(old);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_NE(NULL, merged(&self->trace));
	EXPECT_TRUE(event_is(merged(&self->trace), "outcome", "none"));
	link = only_event(&self->trace, MMAPDEMO_EVENT_VMA_LINK);
	ASSERT_NE(NULL, link);
	EXPECT_TRUE(event_is(link, "cause", "brk"));
	EXPECT_TRUE(range_is_vma(link, "vma", &heap));
}

TEST_F(change, mremap_moves_to_a_separate_vma)
{
	char *target = page_at(self->area, 3), *source;
	const struct event *e, *link;
	struct vma vma;

	ASSERT_TRUE(place(self->area, 0, RW));
	source = self->area;
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(target, mremap(source, page_size(), page_size(),
				 MREMAP_MAYMOVE | MREMAP_FIXED, target));
	ASSERT_TRUE(trace_end(&self->trace));
	e = merged(&self->trace);
	link = only_event(&self->trace, MMAPDEMO_EVENT_VMA_LINK);
	ASSERT_NE(NULL, e);
	ASSERT_NE(NULL, link);
	ASSERT_TRUE(vma_of(target, &vma));
	EXPECT_TRUE(event_is(e, "cause", "move"));
	EXPECT_TRUE(event_is(e, "outcome", "none"));
	EXPECT_TRUE(event_range_is(e, "range", target, page_at(target, 1)));
	EXPECT_TRUE(range_is_vma(e, "result", &vma));
	EXPECT_TRUE(event_is(link, "cause", "move"));
	EXPECT_TRUE(range_is_vma(link, "vma", &vma));
}

/* The moved page and its new neighbour were never touched, so they are merged. */
TEST_F(change, mremap_moves_into_its_neighbour)
{
	char *target = page_at(self->area, 3);
	const struct event *e;
	struct vma vma;

	ASSERT_TRUE(place(self->area, 0, RW) && place(self->area, 2, RW));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge vma_link"));
	ASSERT_EQ(target, mremap(self->area, page_size(), page_size(),
				 MREMAP_MAYMOVE | MREMAP_FIXED, target));
	ASSERT_TRUE(trace_end(&self->trace));
	e = merged(&self->trace);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(vma_of(target, &vma));
	EXPECT_TRUE(event_is(e, "cause", "move"));
	EXPECT_TRUE(event_is(e, "outcome", "prev"));
	EXPECT_TRUE(range_is_vma(e, "result", &vma));
	EXPECT_EQ(0, events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

/* ---- random changes ---- */

#define PLACES 13
#define CHANGES 499

/* The VMAs at all places, before and after the change of one place. */
struct snapshot {
	struct vma before[PLACES + 2];
	struct vma after[PLACES + 2];
	size_t place;
	bool mapped;	/* true: the place was mapped; false: it was changed */
};

static void snapshot_take(struct vma *vmas, char *area)
{
	for (size_t i = 0; i < PLACES + 2; i++)
		vmas[i] = vma_or_none(page_at(area, i));
}

/*
 * The sequence of random numbers is always the same, so that failures are
 * reproducible.
 */
static unsigned int chance(unsigned int below)
{
	static __u32 state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/* Change one place. Return false if the change causes no event. */
static bool change(struct snapshot *shot, char *area)
{
	static const int prots[] = { PROT_NONE, PROT_READ, RW };
	char *page;
	int prot = prots[chance(3)];

	shot->place = 1 + chance(PLACES);
	page = page_at(area, shot->place);
	shot->mapped = !shot->before[shot->place].end || chance(2);
	if (!chance(5)) {
		munmap(page, page_size());
		return false;
	}
	if (!chance(5)) {
		/* VMAs that were touched separately are not merged. */
		touch_write(page);
		return false;
	}
	if (shot->mapped)
		mmap(page, page_size(), prot, ANON | MAP_FIXED, -1, 0);
	else
		mprotect(page, page_size(), prot);
	return true;
}

static const char *outcome_of(const struct vma *result, const char *page)
{
	static const char *const outcomes[] = { "none", "prev", "next", "both" };

	return outcomes[(result->start < (uintptr_t)page) +
			2 * (result->end > (uintptr_t)page + page_size())];
}

/* Return true if the event agrees with the VMAs before and after the change. */
static bool shows(const struct event *e, const struct snapshot *shot,
		  const char *area)
{
	const char *page = area + shot->place * page_size();
	const struct vma *result = &shot->after[shot->place];
	bool none = event_is(e, "outcome", "none");

	/*
	 * If nothing is merged, kernels before 6.12 split the VMA after the
	 * event.
	 */
	if (!shot->mapped && none && kernel_before(6, 12))
		result = &shot->before[shot->place];
	return event_is(e, "cause", shot->mapped ? "mmap" : "change") &&
	       event_range_is(e, "range", page, page + page_size()) &&
	       range_is_vma(e, "prev", &shot->before[shot->place - 1]) &&
	       range_is_vma(e, "next", &shot->before[shot->place + 1]) &&
	       range_is_vma(e, "result", result) &&
	       event_is(e, "outcome", outcome_of(&shot->after[shot->place],
						 page));
}

TEST_F(change, many_changes_are_shown_as_maps_shows_them)
{
	struct snapshot *shots = calloc(CHANGES, sizeof(*shots)), *shot = shots;
	char *area = hole((PLACES + 2) * page_size(), page_size());
	size_t shown = 0, merges = 0;

	ASSERT_TRUE(shots && area);
	vmas_of_process();
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	while (shot < shots + CHANGES) {
		snapshot_take(shot->before, area);
		if (!change(shot, area))
			continue;
		snapshot_take(shot->after, area);
		/* A call that sets the same protection again causes no event. */
		if (shot->mapped || strcmp(shot->before[shot->place].prot,
					   shot->after[shot->place].prot))
			shot++;
	}
	ASSERT_TRUE(trace_end(&self->trace));

	shot = shots;
	for_each_event(e, &self->trace) {
		if (event_num(e, "range") - (uintptr_t)area >=
		    (PLACES + 2) * page_size())
			continue;
		ASSERT_GT(shots + CHANGES, shot);
		ASSERT_TRUE(shows(e, shot, area)) {
			TH_LOG("change %zd: page %zu, %s", shot - shots,
			       shot->place, e->fields);
		}
		merges += !event_is(e, "outcome", "none");
		shown++;
		shot++;
	}
	EXPECT_EQ(CHANGES, shown);
	EXPECT_LT(PLACES, merges);
	free(shots);
}

TEST_HARNESS_MAIN
