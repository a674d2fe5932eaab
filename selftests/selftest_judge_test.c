// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the comparison in module/trace/selftest_judge.c. The test makes the
 * events that the hooks must see. The comparison must accept these events. Then
 * the test changes one value, or adds or removes one event. The comparison must
 * name each change. selftest_test checks that the hooks of every kernel see the
 * events of this test.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s32 s32;
typedef __s64 s64;

#include "../module/trace/selftest_judge.c"

#define PAGE	4096ULL
#define AREA	0x7f1234568000ULL
#define AREA_END (AREA + 12 * PAGE)
/* The area begins at a multiple of four pages, so the mapping begins at page 5. */
#define START	(AREA + 5 * PAGE)
#define HOLE	(START + 2 * PAGE)
#define END	(START + 5 * PAGE)
#define LEVELS	(MMAPDEMO_LEVEL_PGD | MMAPDEMO_LEVEL_PUD | MMAPDEMO_LEVEL_PMD | \
		 MMAPDEMO_LEVEL_PTE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define RW	(PROT_READ | PROT_WRITE)
#define DIRTY	MMAPDEMO_ENTRY_DIRTY
#define YOUNG	MMAPDEMO_ENTRY_YOUNG
#define ZERO	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_ZERO | YOUNG)
#define OWN	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_WRITE | \
		 MMAPDEMO_ENTRY_ANON | YOUNG | DIRTY)
#define MM	0x1111

static const struct trigger trigger = { MMAPDEMO_TRIGGER_SYSCALL, 313 };

/* ---- the events that are right ---- */

static struct selftest_seen *add(struct selftest *t, u32 event, u32 step)
{
	struct selftest_seen *seen = &t->seen[t->count++];

	*seen = (struct selftest_seen){ .event = event, .step = step };
	return seen;
}

static void add_map(struct selftest *t, u32 step, u64 addr, struct span range, u32 prot)
{
	u32 flags = ANON | (addr ? MAP_FIXED : 0);
	u64 len = range.end - range.start;

	add(t, MMAPDEMO_EVENT_GET_UNMAPPED_AREA, step)->r.search = (struct search_record){
		.mm = MM, .addr = addr, .len = len, .flags = flags,
		.ret = range.start, .topdown = true, .search = "some_function",
		.limits = { addr ? 0 : PAGE, addr ? 0 : 1ULL << 47 },
		.trigger = trigger,
	};
	add(t, MMAPDEMO_EVENT_DO_MMAP, step)->r.mmap = (struct mmap_record){
		.mm = MM, .addr = addr, .len = len, .prot = prot, .flags = flags,
		.ret = range.start, .duration = 1000, .trigger = trigger,
	};
}

static struct merge_side side(u32 reason, u64 differ)
{
	return (struct merge_side){ .reason = reason, .flags_diff = differ };
}

static struct merge_record *add_merge(struct selftest *t, u32 step, struct span range,
				      u32 prot)
{
	struct merge_record *r = &add(t, MMAPDEMO_EVENT_VMA_MERGE, step)->r.merge;

	*r = (struct merge_record){
		.mm = MM, .cause = MMAPDEMO_CAUSE_MMAP, .flags = prot | 0x70,
		.range = range, .result = range, .map_count = 30,
		.trigger = trigger, .pgoff = range.start / PAGE,
	};
	return r;
}

static void add_link(struct selftest *t, u32 step, struct span range, u32 prot)
{
	add(t, MMAPDEMO_EVENT_VMA_LINK, step)->r.link = (struct link_record){
		.mm = MM, .cause = MMAPDEMO_CAUSE_MMAP, .map_count = 30,
		.range = range, .flags = prot | 0x70, .pgoff = range.start / PAGE,
		.trigger = trigger,
	};
}

static void add_split(struct selftest *t, u32 step, struct span vma, u64 cut)
{
	add(t, MMAPDEMO_EVENT_VMA_SPLIT, step)->r.split = (struct split_record){
		.mm = MM, .map_count = 30, .vma = vma, .cut = cut, .trigger = trigger,
	};
}

static void add_unlink(struct selftest *t, u32 step, struct span range, u32 vmas)
{
	add(t, MMAPDEMO_EVENT_VMA_UNLINK, step)->r.unlink = (struct unlink_record){
		.mm = MM, .vmas = vmas, .range = range, .trigger = trigger,
	};
}

static struct fault_record *add_fault(struct selftest *t, u32 step, u64 address)
{
	struct fault_record *r = &add(t, MMAPDEMO_EVENT_PTE_FAULT, step)->r.fault;

	*r = (struct fault_record){
		.mm = MM, .address = address, .ip = 0x401000,
		.access = MMAPDEMO_ACCESS_WRITE, .from = MMAPDEMO_FROM_KERNEL,
		.class = MMAPDEMO_FAULT_ANON,
		.before = { .levels = LEVELS & ~MMAPDEMO_LEVEL_PTE },
		.after = { .levels = LEVELS, .entry = OWN, .pfn = 0x222 },
		.after_seen = true, .trigger = trigger,
		.vma = { START, END }, .vma_flags = RW | 0x70,
		.vma_pgoff = START / PAGE,
	};
	return r;
}

static void add_first_steps(struct selftest *t)
{
	struct span area = { AREA, AREA_END }, whole = { START, END };
	struct merge_record *merge;

	add_map(t, SELFTEST_RESERVE, 0, area, PROT_NONE);
	merge = add_merge(t, SELFTEST_RESERVE, area, PROT_NONE);
	merge->outcome = MMAPDEMO_MERGE_PREV;
	merge->result.start -= PAGE;

	add_map(t, SELFTEST_MAKE, START, whole, RW);
	add_split(t, SELFTEST_MAKE, area, START);
	add_split(t, SELFTEST_MAKE, (struct span){ START, AREA_END }, END);
	add_unlink(t, SELFTEST_MAKE, whole, 1);
	merge = add_merge(t, SELFTEST_MAKE, whole, RW);
	merge->prev = area;
	merge->next = area;
	merge->side_prev = side(MMAPDEMO_REASON_FLAGS, RW | 0x100000);
	merge->side_next = side(MMAPDEMO_REASON_FLAGS, RW | 0x100000);
	add_link(t, SELFTEST_MAKE, whole, RW);
}

static void add_touches(struct selftest *t)
{
	struct fault_record *fault;

	fault = add_fault(t, SELFTEST_READ, START);
	fault->access = MMAPDEMO_ACCESS_READ;
	fault->class = MMAPDEMO_FAULT_ANON_ZERO;
	fault->before.levels = MMAPDEMO_LEVEL_PGD;
	fault->after.entry = ZERO;
	fault = add_fault(t, SELFTEST_COPY, START);
	fault->class = MMAPDEMO_FAULT_WP_COPY;
	fault->before = (struct walk){ .levels = LEVELS, .entry = ZERO, .pfn = 0x111 };
	add_fault(t, SELFTEST_WRITE, START + PAGE);
}

static void add_last_steps(struct selftest *t)
{
	struct span area = { AREA, AREA_END }, whole = { START, END };
	struct span hole = { HOLE, HOLE + PAGE };
	struct merge_record *merge;

	add_split(t, SELFTEST_SPLIT, whole, HOLE);
	add_split(t, SELFTEST_SPLIT, (struct span){ HOLE, END }, HOLE + PAGE);
	add_unlink(t, SELFTEST_SPLIT, hole, 1);

	add_map(t, SELFTEST_DIFFER, HOLE, hole, PROT_READ);
	merge = add_merge(t, SELFTEST_DIFFER, hole, PROT_READ);
	merge->prev = (struct span){ START, HOLE };
	merge->next = (struct span){ HOLE + PAGE, END };
	merge->side_prev = side(MMAPDEMO_REASON_FLAGS, PROT_WRITE);
	merge->side_next = side(MMAPDEMO_REASON_FLAGS, PROT_WRITE);
	add_link(t, SELFTEST_DIFFER, hole, PROT_READ);
	add_unlink(t, SELFTEST_REMOVE, hole, 1);

	add_map(t, SELFTEST_MERGE, HOLE, hole, RW);
	merge = add_merge(t, SELFTEST_MERGE, hole, RW);
	merge->prev = (struct span){ START, HOLE };
	merge->next = (struct span){ HOLE + PAGE, END };
	merge->result = whole;
	merge->outcome = MMAPDEMO_MERGE_PREV | MMAPDEMO_MERGE_NEXT;
	merge->absorbed = 1;
	merge->side_prev = side(MMAPDEMO_REASON_MERGED, 0);
	merge->side_next = side(MMAPDEMO_REASON_MERGED, 0);

	add_unlink(t, SELFTEST_END, whole, 1);
	add_unlink(t, SELFTEST_RELEASE, area, 2);
}

FIXTURE(judge)
{
	struct selftest t;
	struct selftest_failure failure;
};

FIXTURE_SETUP(judge)
{
	memset(self, 0, sizeof(*self));
	self->t.page = PAGE;
	self->t.area = AREA;
	self->t.mm = MM;
	self->t.levels = LEVELS;
	self->t.rules = true;
	self->t.trigger = trigger;
	add_first_steps(&self->t);
	add_touches(&self->t);
	add_last_steps(&self->t);
}

FIXTURE_TEARDOWN(judge)
{
}

/* Return the first failed event, or SELFTEST_EVENTS. */
static u32 judge_all(const struct selftest *t, struct selftest_failure *failure)
{
	u32 event = 0;

	while (event < SELFTEST_EVENTS && mmapdemo_selftest_judge(t, event, failure))
		event++;
	return event;
}

TEST_F(judge, accepts_what_must_be_seen)
{
	EXPECT_EQ(SELFTEST_EVENTS, judge_all(&self->t, &self->failure))
		TH_LOG("step %u: %s", self->failure.step, self->failure.what);
}

/* SELFTEST_RESERVE and SELFTEST_RELEASE differ if the area is not merged. */
TEST_F(judge, accepts_an_area_that_is_not_merged)
{
	struct span area = { AREA, AREA_END };

	self->t.seen[2].r.merge.outcome = 0;
	self->t.seen[2].r.merge.result = area;
	add_link(&self->t, SELFTEST_RESERVE, area, PROT_NONE);
	add_split(&self->t, SELFTEST_RELEASE, area, AREA);
	EXPECT_EQ(SELFTEST_EVENTS, judge_all(&self->t, &self->failure));
}

TEST_F(judge, accepts_unknown_reasons_without_rules)
{
	self->t.rules = false;
	for (u32 i = 0; i < self->t.count; i++) {
		if (self->t.seen[i].event != MMAPDEMO_EVENT_VMA_MERGE)
			continue;
		self->t.seen[i].r.merge.side_prev = side(MMAPDEMO_REASON_UNKNOWN, 0);
		self->t.seen[i].r.merge.side_next = side(MMAPDEMO_REASON_UNKNOWN, 0);
		self->t.seen[i].r.merge.pgoff = 0;
	}
	EXPECT_EQ(SELFTEST_EVENTS, judge_all(&self->t, &self->failure));
}

/* A page table may exist before the first touch, but the page must not. */
TEST_F(judge, accepts_any_tables_before_the_first_touch)
{
	struct selftest_seen *seen = self->t.seen;

	while (seen->event != MMAPDEMO_EVENT_PTE_FAULT)
		seen++;
	for (u32 levels = 0; levels <= LEVELS; levels++) {
		if (levels & ~LEVELS)
			continue;
		seen->r.fault.before.levels = levels;
		EXPECT_EQ(levels & MMAPDEMO_LEVEL_PTE ? MMAPDEMO_EVENT_PTE_FAULT :
							SELFTEST_EVENTS,
			  judge_all(&self->t, &self->failure));
	}
}

/* ---- the mapping in the area ---- */

/*
 * There are pages of the area on both sides of the mapping. The mapping begins with
 * the second page of a group of four pages, so that no whole group is inside the
 * mapping.
 */
TEST_F(judge, puts_the_mapping_inside_the_area)
{
	for (u64 area = AREA; area < AREA + 16 * PAGE; area += PAGE) {
		u64 start, size;

		self->t.area = area;
		start = mmapdemo_selftest_start(&self->t, SELFTEST_MAKE);
		size = mmapdemo_selftest_size(&self->t, SELFTEST_MAKE);
		EXPECT_EQ(5 * PAGE, size);
		EXPECT_EQ(1, start / PAGE % 4);
		EXPECT_LT(area, start);
		EXPECT_LT(start + size, area + SELFTEST_AREA * PAGE);
	}
}

/* ---- wrong values ---- */

#define AT(member)						\
	.offset = offsetof(struct selftest_seen, r.member),	\
	.size = sizeof(((struct selftest_seen *)0)->r.member)

/*
 * A value of an event in one of the steps. @flip: bits that are changed. @what:
 * the name of the value. @nth: the index of the event, if the step has several
 * such events
 */
static const struct {
	u32 event;
	u32 step;
	size_t offset;
	size_t size;
	u64 flip;
	const char *what;
	u32 nth;
} wrong[] = {
#define MMAP MMAPDEMO_EVENT_DO_MMAP
	{ MMAP, SELFTEST_MAKE, AT(mmap.addr), PAGE, "addr" },
	{ MMAP, SELFTEST_RESERVE, AT(mmap.addr), PAGE, "addr" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.len), PAGE, "len" },
	{ MMAP, SELFTEST_DIFFER, AT(mmap.prot), PROT_WRITE, "prot" },
	{ MMAP, SELFTEST_MERGE, AT(mmap.flags), MAP_SHARED, "flags" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.pgoff), 1, "pgoff" },
	{ MMAP, SELFTEST_MERGE, AT(mmap.ret), PAGE, "ret" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.file.ino), 1, "ino" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.file.dev), 1, "dev" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.mm), 1, "mm is that of the task" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.trigger.kind), 1, "trigger" },
	{ MMAP, SELFTEST_MAKE, AT(mmap.trigger.nr), 1, "nr" },
#define SEARCH MMAPDEMO_EVENT_GET_UNMAPPED_AREA
	{ SEARCH, SELFTEST_MAKE, AT(search.addr), PAGE, "addr" },
	{ SEARCH, SELFTEST_RESERVE, AT(search.len), PAGE, "len" },
	{ SEARCH, SELFTEST_MAKE, AT(search.flags), MAP_FIXED, "flags" },
	{ SEARCH, SELFTEST_MAKE, AT(search.pgoff), 1, "pgoff" },
	{ SEARCH, SELFTEST_RESERVE, AT(search.ret), PAGE, "ret" },
	{ SEARCH, SELFTEST_RESERVE, AT(search.limits.end), 1ULL << 47, "low < high" },
	{ SEARCH, SELFTEST_MAKE, AT(search.limits.end), 1, "low < high" },
	{ SEARCH, SELFTEST_MAKE, AT(search.search[0]), 's', "search has a name" },
	{ SEARCH, SELFTEST_MAKE, AT(search.file.ino), 1, "ino" },
	{ SEARCH, SELFTEST_MAKE, AT(search.trigger.nr), 1, "nr" },
#define MERGE MMAPDEMO_EVENT_VMA_MERGE
	{ MERGE, SELFTEST_MAKE, AT(merge.cause), 1, "cause" },
	{ MERGE, SELFTEST_MAKE, AT(merge.ret), 1, "ret" },
	{ MERGE, SELFTEST_MAKE, AT(merge.range.start), PAGE, "start" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.range.end), PAGE, "end" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.flags), PROT_WRITE, "vm_flags" },
	{ MERGE, SELFTEST_MERGE, AT(merge.mm), 1, "mm is that of the task" },
	{ MERGE, SELFTEST_MERGE, AT(merge.trigger.kind), 1, "trigger" },
	{ MERGE, SELFTEST_RESERVE, AT(merge.result.start), 1ULL << 47,
	  "the result contains the range" },
	{ MERGE, SELFTEST_RESERVE, AT(merge.result.end), AREA,
	  "the result contains the range" },
	{ MERGE, SELFTEST_MERGE, AT(merge.outcome), 1, "outcome" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.outcome), 1, "outcome" },
	{ MERGE, SELFTEST_MERGE, AT(merge.absorbed), 1, "absorbed" },
	{ MERGE, SELFTEST_MAKE, AT(merge.absorbed), 1, "absorbed" },
	{ MERGE, SELFTEST_MERGE, AT(merge.result.start), PAGE, "result_start" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.result.end), PAGE, "result_end" },
	{ MERGE, SELFTEST_MAKE, AT(merge.prev.end), AREA,
	  "prev contains the page before the range" },
	{ MERGE, SELFTEST_MAKE, AT(merge.next.end), AREA,
	  "next contains the page after the range" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.prev.start), PAGE, "prev_start" },
	{ MERGE, SELFTEST_MERGE, AT(merge.prev.end), PAGE, "prev_end" },
	{ MERGE, SELFTEST_MERGE, AT(merge.next.start), PAGE, "next_start" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.next.end), PAGE, "next_end" },
	{ MERGE, SELFTEST_MERGE, AT(merge.side_prev.reason), 1, "reason_prev" },
	{ MERGE, SELFTEST_MAKE, AT(merge.side_next.reason), 1, "reason_next" },
	{ MERGE, SELFTEST_DIFFER, AT(merge.side_prev.flags_diff), PROT_READ,
	  "flags_diff_prev" },
	{ MERGE, SELFTEST_MERGE, AT(merge.side_next.flags_diff), PROT_WRITE,
	  "flags_diff_next" },
	{ MERGE, SELFTEST_MAKE, AT(merge.pgoff), 1, "pgoff" },
#define LINK MMAPDEMO_EVENT_VMA_LINK
	{ LINK, SELFTEST_MAKE, AT(link.cause), 1, "cause" },
	{ LINK, SELFTEST_MAKE, AT(link.range.start), PAGE, "start" },
	{ LINK, SELFTEST_DIFFER, AT(link.range.end), PAGE, "end" },
	{ LINK, SELFTEST_DIFFER, AT(link.flags), PROT_READ, "vm_flags" },
	{ LINK, SELFTEST_MAKE, AT(link.pgoff), 1, "pgoff" },
	{ LINK, SELFTEST_MAKE, AT(link.file.dev), 1, "dev" },
	{ LINK, SELFTEST_MAKE, AT(link.mm), 1, "mm is that of the task" },
	{ LINK, SELFTEST_MAKE, AT(link.trigger.nr), 1, "nr" },
#define TOUCH MMAPDEMO_EVENT_PTE_FAULT
	{ TOUCH, SELFTEST_READ, AT(fault.address), 1, "address" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.address), PAGE, "address" },
	{ TOUCH, SELFTEST_READ, AT(fault.access), 1, "access" },
	{ TOUCH, SELFTEST_READ, AT(fault.from), 1, "from" },
	{ TOUCH, SELFTEST_COPY, AT(fault.class), 1, "class" },
	{ TOUCH, SELFTEST_COPY, AT(fault.ret), 2, "ret" },
	{ TOUCH, SELFTEST_READ, AT(fault.before.levels), MMAPDEMO_LEVEL_PTE, "before" },
	{ TOUCH, SELFTEST_READ, AT(fault.before.levels), MMAPDEMO_LEVEL_P4D, "before" },
	{ TOUCH, SELFTEST_COPY, AT(fault.before.levels), MMAPDEMO_LEVEL_PTE, "before" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.before.levels), MMAPDEMO_LEVEL_PMD, "before" },
	{ TOUCH, SELFTEST_READ, AT(fault.before.entry), MMAPDEMO_ENTRY_PRESENT,
	  "entry_before" },
	{ TOUCH, SELFTEST_COPY, AT(fault.before.entry), MMAPDEMO_ENTRY_ZERO,
	  "entry_before" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.after_seen), 1, "after_seen" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.after.levels), MMAPDEMO_LEVEL_PTE, "after" },
	{ TOUCH, SELFTEST_READ, AT(fault.after.entry), MMAPDEMO_ENTRY_ZERO,
	  "entry_after" },
	{ TOUCH, SELFTEST_COPY, AT(fault.after.entry), MMAPDEMO_ENTRY_WRITE,
	  "entry_after" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.after.entry), MMAPDEMO_ENTRY_ANON,
	  "entry_after" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.after.pfn), 0x222, "pfn is not 0" },
	{ TOUCH, SELFTEST_WRITE, AT(fault.after.order), 9, "order" },
	{ TOUCH, SELFTEST_READ, AT(fault.vma.start), PAGE, "vma_start" },
	{ TOUCH, SELFTEST_READ, AT(fault.vma.end), PAGE, "vma_end" },
	{ TOUCH, SELFTEST_READ, AT(fault.vma_flags), PROT_WRITE, "vm_flags" },
	{ TOUCH, SELFTEST_READ, AT(fault.vma_pgoff), 1, "pgoff" },
	{ TOUCH, SELFTEST_READ, AT(fault.file.ino), 1, "ino" },
	{ TOUCH, SELFTEST_READ, AT(fault.mm), 1, "mm is that of the task" },
	{ TOUCH, SELFTEST_READ, AT(fault.trigger.kind), 1, "trigger" },
#define SPLIT MMAPDEMO_EVENT_VMA_SPLIT
	{ SPLIT, SELFTEST_MAKE, AT(split.cut), PAGE, "cut" },
	{ SPLIT, SELFTEST_SPLIT, AT(split.cut), PAGE, "cut", 1 },
	{ SPLIT, SELFTEST_MAKE, AT(split.vma.start), AREA ^ START,
	  "the VMA contains the cut" },
	{ SPLIT, SELFTEST_MAKE, AT(split.vma.end), AREA_END ^ END,
	  "the VMA contains the cut", 1 },
	{ SPLIT, SELFTEST_SPLIT, AT(split.vma.start), 1, "start" },
	{ SPLIT, SELFTEST_SPLIT, AT(split.vma.start), 1, "start", 1 },
	{ SPLIT, SELFTEST_SPLIT, AT(split.vma.end), 1, "end", 1 },
	{ SPLIT, SELFTEST_MAKE, AT(split.mm), 1, "mm is that of the task" },
	{ SPLIT, SELFTEST_MAKE, AT(split.trigger.nr), 1, "nr", 1 },
#define UNLINK MMAPDEMO_EVENT_VMA_UNLINK
	{ UNLINK, SELFTEST_MAKE, AT(unlink.range.start), PAGE, "start" },
	{ UNLINK, SELFTEST_RELEASE, AT(unlink.range.end), PAGE, "end" },
	{ UNLINK, SELFTEST_END, AT(unlink.vmas), 1, "vmas" },
	{ UNLINK, SELFTEST_RELEASE, AT(unlink.vmas), 2, "vmas" },
	{ UNLINK, SELFTEST_REMOVE, AT(unlink.mm), 1, "mm is that of the task" },
	{ UNLINK, SELFTEST_SPLIT, AT(unlink.trigger.kind), 1, "trigger" },
};

#define N_WRONG (sizeof(wrong) / sizeof(wrong[0]))

/* Return the event @nth of a step, or NULL. */
static struct selftest_seen *find(struct selftest *t, u32 event, u32 step, u32 nth)
{
	for (u32 i = 0; i < t->count; i++) {
		if (t->seen[i].event == event && t->seen[i].step == step && !nth--)
			return &t->seen[i];
	}
	return NULL;
}

TEST_F(judge, names_every_wrong_value)
{
	for (size_t i = 0; i < N_WRONG; i++) {
		struct selftest t = self->t;
		struct selftest_failure failure = { .what = "nothing" };
		struct selftest_seen *seen;
		u64 value = 0;
		char *at;

		seen = find(&t, wrong[i].event, wrong[i].step, wrong[i].nth);
		ASSERT_NE(NULL, seen);
		at = (char *)seen + wrong[i].offset;
		memcpy(&value, at, wrong[i].size);
		value ^= wrong[i].flip;
		memcpy(at, &value, wrong[i].size);
		EXPECT_EQ(wrong[i].event, judge_all(&t, &failure));
		EXPECT_EQ(wrong[i].step, failure.step);
		EXPECT_STREQ(wrong[i].what, failure.what)
			TH_LOG("row %zu", i);
		EXPECT_NE(failure.expected, failure.got);
	}
}

/* A failure contains offsets from the start of the area instead of addresses. */
TEST_F(judge, prints_no_address)
{
	find(&self->t, MMAPDEMO_EVENT_VMA_SPLIT, SELFTEST_SPLIT, 0)->r.split.cut = AREA;
	EXPECT_FALSE(mmapdemo_selftest_judge(&self->t, MMAPDEMO_EVENT_VMA_SPLIT,
					     &self->failure));
	EXPECT_EQ(7 * PAGE, self->failure.expected);
	EXPECT_EQ(0, self->failure.got);
}

/* ---- wrong numbers of events ---- */

TEST_F(judge, notices_each_missing_event)
{
	for (u32 i = 0; i < self->t.count; i++) {
		struct selftest t = self->t;
		u32 event = t.seen[i].event, step = t.seen[i].step;

		memmove(&t.seen[i], &t.seen[i + 1],
			(t.count - i - 1) * sizeof(t.seen[0]));
		t.count--;
		EXPECT_EQ(event, judge_all(&t, &self->failure));
		EXPECT_EQ(step, self->failure.step);
		EXPECT_STREQ("number of events", self->failure.what);
		EXPECT_EQ(self->failure.expected - 1, self->failure.got);
	}
}

TEST_F(judge, notices_each_event_too_many)
{
	for (u32 i = 0; i < self->t.count; i++) {
		struct selftest t = self->t;

		t.seen[t.count++] = t.seen[i];
		EXPECT_EQ(t.seen[i].event, judge_all(&t, &self->failure));
		EXPECT_EQ(t.seen[i].step, self->failure.step);
		EXPECT_EQ(self->failure.expected + 1, self->failure.got);
	}
}

TEST_F(judge, notices_an_event_of_another_step)
{
	u32 i = 0;

	while (self->t.seen[i].event != MMAPDEMO_EVENT_PTE_FAULT)
		i++;
	self->t.seen[i].step = SELFTEST_MERGE;
	EXPECT_EQ(MMAPDEMO_EVENT_PTE_FAULT, judge_all(&self->t, &self->failure));
	EXPECT_EQ(SELFTEST_READ, self->failure.step);
}

TEST_F(judge, notices_that_nothing_was_seen)
{
	self->t.count = 0;
	for (u32 event = 0; event < SELFTEST_EVENTS; event++) {
		EXPECT_FALSE(mmapdemo_selftest_judge(&self->t, event, &self->failure));
		EXPECT_EQ(0, self->failure.got);
	}
}

/* A failure of one event says nothing about the other events. */
TEST_F(judge, judges_each_event_alone)
{
	find(&self->t, MMAPDEMO_EVENT_VMA_UNLINK, SELFTEST_END, 0)->r.unlink.vmas = 7;
	for (u32 event = 0; event < SELFTEST_EVENTS; event++) {
		EXPECT_EQ(event != MMAPDEMO_EVENT_VMA_UNLINK,
			  mmapdemo_selftest_judge(&self->t, event, &self->failure));
	}
	EXPECT_EQ(1, self->failure.expected);
	EXPECT_EQ(7, self->failure.got);
}

TEST(every_step_has_a_description)
{
	for (u32 i = 0; i < SELFTEST_STEPS; i++) {
		ASSERT_NE(NULL, mmapdemo_selftest_plan[i].doing);
		EXPECT_LT(strlen(mmapdemo_selftest_plan[i].doing), 60);
	}
}

TEST_HARNESS_MAIN
