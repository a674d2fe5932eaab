// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the self test, and the comparison of what the hooks saw with these
 * steps.
 *
 * This file uses types and constants of the kernel, but no functions of the kernel,
 * so that a test can build it. The test also compares events that no kernel
 * produces.
 */
#include "mmapdemo.h"
#include "trace/selftest_judge.h"

#include <linux/mman.h>

#define PRIVATE		(MAP_PRIVATE | MAP_ANONYMOUS)
#define FIXED		(PRIVATE | MAP_FIXED)
#define READ_WRITE	(PROT_READ | PROT_WRITE)

/*
 * VM_READ and VM_WRITE, which have the same numbers as PROT_*. VM_EXEC is not
 * compared, because the personality READ_IMPLIES_EXEC adds it.
 */
#define VM_CHECKED	READ_WRITE

#define ZERO_PAGE_ENTRY	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_ZERO)
#define OWN_PAGE_ENTRY	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_WRITE | \
			 MMAPDEMO_ENTRY_ANON)
#define ENTRY_CHECKED	(ZERO_PAGE_ENTRY | OWN_PAGE_ENTRY | MMAPDEMO_ENTRY_HUGE)

/* VM_FAULT_OOM, SIGBUS, HWPOISON and SIGSEGV: see class.h. */
#define RET_FAILED	0x73

/* How many events of each kind a step causes. @maps counts three kinds. */
#define COUNT(maps, links, faults, splits, unlinks) {		\
		[MMAPDEMO_EVENT_DO_MMAP] = maps,		\
		[MMAPDEMO_EVENT_GET_UNMAPPED_AREA] = maps,	\
		[MMAPDEMO_EVENT_VMA_MERGE] = maps,		\
		[MMAPDEMO_EVENT_VMA_LINK] = links,		\
		[MMAPDEMO_EVENT_PTE_FAULT] = faults,		\
		[MMAPDEMO_EVENT_VMA_SPLIT] = splits,		\
		[MMAPDEMO_EVENT_VMA_UNLINK] = unlinks,		\
	}

/*
 * The area can be merged with neighbours, so the events of the first and of the
 * last step can differ.
 */
const struct selftest_plan mmapdemo_selftest_plan[SELFTEST_STEPS] = {
	[SELFTEST_RESERVE] = {
		.doing = "reserved addresses",
		.kind = SELFTEST_MAP, .area = true, .pages = SELFTEST_AREA,
		.prot = PROT_NONE, .flags = PRIVATE,
		.outcome = SELFTEST_ANY,
		.count = COUNT(1, SELFTEST_ANY, 0, 0, 0),
	},
	[SELFTEST_MAKE] = {
		.doing = "made a mapping",
		.kind = SELFTEST_MAP, .pages = SELFTEST_PAGES,
		.prot = READ_WRITE, .flags = FIXED,
		.reason = MMAPDEMO_REASON_FLAGS, .differ = READ_WRITE,
		.removed = 1,
		.count = COUNT(1, 1, 0, 2, 1),
	},
	[SELFTEST_READ] = {
		.doing = "read a page",
		.kind = SELFTEST_TOUCH, .pages = 1,
		.access = MMAPDEMO_ACCESS_READ,
		.class = MMAPDEMO_FAULT_ANON_ZERO,
		.after = ZERO_PAGE_ENTRY,
		.count = COUNT(0, 0, 1, 0, 0),
	},
	[SELFTEST_COPY] = {
		.doing = "wrote to the page that it had read",
		.kind = SELFTEST_TOUCH, .pages = 1,
		.access = MMAPDEMO_ACCESS_WRITE,
		.class = MMAPDEMO_FAULT_WP_COPY,
		.before = ZERO_PAGE_ENTRY, .after = OWN_PAGE_ENTRY,
		.count = COUNT(0, 0, 1, 0, 0),
	},
	[SELFTEST_WRITE] = {
		.doing = "wrote to a new page",
		.kind = SELFTEST_TOUCH, .first = 1, .pages = 1,
		.access = MMAPDEMO_ACCESS_WRITE,
		.class = MMAPDEMO_FAULT_ANON,
		.after = OWN_PAGE_ENTRY,
		.count = COUNT(0, 0, 1, 0, 0),
	},
	[SELFTEST_SPLIT] = {
		.doing = "removed a page inside the mapping",
		.kind = SELFTEST_UNMAP, .first = 2, .pages = 1,
		.removed = 1,
		.count = COUNT(0, 0, 0, 2, 1),
	},
	[SELFTEST_DIFFER] = {
		.doing = "mapped a VMA that cannot be merged with its neighbours",
		.kind = SELFTEST_MAP, .first = 2, .pages = 1,
		.prot = PROT_READ, .flags = FIXED,
		.reason = MMAPDEMO_REASON_FLAGS, .differ = PROT_WRITE,
		.count = COUNT(1, 1, 0, 0, 0),
	},
	[SELFTEST_REMOVE] = {
		.doing = "removed the VMA that cannot be merged",
		.kind = SELFTEST_UNMAP, .first = 2, .pages = 1,
		.removed = 1,
		.count = COUNT(0, 0, 0, 0, 1),
	},
	[SELFTEST_MERGE] = {
		.doing = "mapped a VMA that can be merged with both neighbours",
		.kind = SELFTEST_MAP, .first = 2, .pages = 1,
		.prot = READ_WRITE, .flags = FIXED,
		.outcome = MMAPDEMO_MERGE_PREV | MMAPDEMO_MERGE_NEXT,
		.reason = MMAPDEMO_REASON_MERGED,
		.count = COUNT(1, 0, 0, 0, 0),
	},
	[SELFTEST_END] = {
		.doing = "removed the mapping",
		.kind = SELFTEST_UNMAP, .pages = SELFTEST_PAGES,
		.removed = 1,
		.count = COUNT(0, 0, 0, 0, 1),
	},
	[SELFTEST_RELEASE] = {
		.doing = "released the addresses",
		.kind = SELFTEST_UNMAP, .area = true, .pages = SELFTEST_AREA,
		.removed = 2,
		.count = COUNT(0, 0, 0, SELFTEST_ANY, 1),
	},
};

/*
 * Return the address of the mapping. Before the mapping, there are pages of the
 * area.
 */
static u64 mapping(const struct selftest *test)
{
	u64 align = SELFTEST_ALIGN * test->page;

	return (test->area + align) / align * align + test->page;
}

/** mmapdemo_selftest_start - return the first address of a step */
u64 mmapdemo_selftest_start(const struct selftest *test, u32 step)
{
	const struct selftest_plan *plan = &mmapdemo_selftest_plan[step];

	return plan->area ? test->area : mapping(test) + plan->first * test->page;
}

/** mmapdemo_selftest_size - return the number of bytes of a step */
u64 mmapdemo_selftest_size(const struct selftest *test, u32 step)
{
	return mmapdemo_selftest_plan[step].pages * test->page;
}

/* ---- comparisons ---- */

/* One event of a step, and the step's range of addresses. */
struct check {
	const struct selftest *test;
	const struct selftest_plan *plan;
	struct selftest_failure *failure;
	u32 step;
	u64 start;
	u64 end;
	bool failed;
};

/* Compare two values. Keep only the first difference. */
static void equal(struct check *c, const char *what, u64 expected, u64 got)
{
	if (expected == got || c->failed)
		return;
	c->failed = true;
	*c->failure = (struct selftest_failure) {
		.step = c->step, .what = what, .expected = expected, .got = got,
	};
}

static void equal_address(struct check *c, const char *what, u64 expected, u64 got)
{
	equal(c, what, expected - c->test->area, got - c->test->area);
}

static void is_true(struct check *c, const char *what, bool got)
{
	equal(c, what, 1, got);
}

static void equal_span(struct check *c, const char *start, const char *end,
		       u64 expected_start, u64 expected_end, const struct span *got)
{
	equal_address(c, start, expected_start, got->start);
	equal_address(c, end, expected_end, got->end);
}

static void equal_origin(struct check *c, u32 mm, const struct trigger *trigger)
{
	is_true(c, "mm is that of the task", mm == c->test->mm);
	equal(c, "trigger", c->test->trigger.kind, trigger->kind);
	equal(c, "nr", c->test->trigger.nr, trigger->nr);
}

static void is_anonymous(struct check *c, const struct file_record *file)
{
	equal(c, "ino", 0, file->ino);
	equal(c, "dev", 0, file->dev);
}

/* ---- one event ---- */

/* Return the requested address. Without MAP_FIXED, no address is requested. */
static u64 wanted(const struct check *c)
{
	return c->plan->flags & MAP_FIXED ? c->start : 0;
}

static void check_mmap(struct check *c, const struct mmap_record *r)
{
	equal_address(c, "addr", wanted(c), r->addr);
	equal(c, "len", c->end - c->start, r->len);
	equal(c, "prot", c->plan->prot, r->prot);
	equal(c, "flags", c->plan->flags, r->flags);
	equal(c, "pgoff", 0, r->pgoff);
	equal_address(c, "ret", c->start, r->ret);
	is_anonymous(c, &r->file);
	equal_origin(c, r->mm, &r->trigger);
}

static void check_search(struct check *c, const struct search_record *r)
{
	bool fixed = c->plan->flags & MAP_FIXED;

	equal_address(c, "addr", wanted(c), r->addr);
	equal(c, "len", c->end - c->start, r->len);
	equal(c, "flags", c->plan->flags, r->flags);
	equal(c, "pgoff", 0, r->pgoff);
	equal_address(c, "ret", c->start, r->ret);
	equal(c, "low < high", !fixed, r->limits.start < r->limits.end);
	is_true(c, "search has a name", r->search[0]);
	is_anonymous(c, &r->file);
	equal_origin(c, r->mm, &r->trigger);
}

/*
 * Compare the neighbours. At first, both neighbours are the area around the
 * mapping. Later, they are the two parts of the mapping.
 */
static void check_neighbours(struct check *c, const struct merge_record *r)
{
	u64 start = mapping(c->test);

	if (c->step == SELFTEST_MAKE) {
		is_true(c, "prev contains the page before the range",
			r->prev.start < c->start && r->prev.end >= c->start);
		is_true(c, "next contains the page after the range",
			r->next.start <= c->end && r->next.end > c->end);
		return;
	}
	equal_span(c, "prev_start", "prev_end", start, c->start, &r->prev);
	equal_span(c, "next_start", "next_end", c->end,
		   start + SELFTEST_PAGES * c->test->page, &r->next);
}

static void check_reason(struct check *c, const char *reason, const char *differ,
			 const struct merge_side *side)
{
	equal(c, reason, c->plan->reason, side->reason);
	equal(c, differ, c->plan->differ, side->flags_diff & VM_CHECKED);
}

static void check_result(struct check *c, const struct merge_record *r)
{
	const struct selftest_plan *plan = c->plan;
	u64 start = c->start, end = c->end;

	equal(c, "outcome", plan->outcome, r->outcome);
	equal(c, "absorbed", !!plan->outcome, r->absorbed);
	if (plan->outcome) {
		start = mapping(c->test);
		end = start + SELFTEST_PAGES * c->test->page;
	}
	equal_span(c, "result_start", "result_end", start, end, &r->result);
	check_neighbours(c, r);
	if (!c->test->rules)
		return;
	check_reason(c, "reason_prev", "flags_diff_prev", &r->side_prev);
	check_reason(c, "reason_next", "flags_diff_next", &r->side_next);
	equal_address(c, "pgoff", c->start, r->pgoff * c->test->page);
}

static void check_merge(struct check *c, const struct merge_record *r)
{
	equal(c, "cause", MMAPDEMO_CAUSE_MMAP, r->cause);
	equal(c, "ret", 0, r->ret);
	equal_span(c, "start", "end", c->start, c->end, &r->range);
	equal(c, "vm_flags", c->plan->prot, r->flags & VM_CHECKED);
	equal_origin(c, r->mm, &r->trigger);
	if (c->plan->outcome != SELFTEST_ANY)
		check_result(c, r);
	else
		is_true(c, "the result contains the range",
			r->result.start <= c->start && r->result.end >= c->end);
}

static void check_link(struct check *c, const struct link_record *r)
{
	equal(c, "cause", MMAPDEMO_CAUSE_MMAP, r->cause);
	equal_span(c, "start", "end", c->start, c->end, &r->range);
	equal(c, "vm_flags", c->plan->prot, r->flags & VM_CHECKED);
	equal_address(c, "pgoff", c->start, r->pgoff * c->test->page);
	is_anonymous(c, &r->file);
	equal_origin(c, r->mm, &r->trigger);
}

/* Return the levels of the page table that must be populated before the fault. */
static u32 levels_before(const struct check *c, const struct fault_record *r)
{
	u32 tables = c->test->levels & ~MMAPDEMO_LEVEL_PTE;

	if (c->plan->before)
		return c->test->levels;
	/* The first touch may find some of the tables. */
	return c->step == SELFTEST_READ ? r->before.levels & tables : tables;
}

static void check_entries(struct check *c, const struct fault_record *r)
{
	equal(c, "before", levels_before(c, r), r->before.levels);
	equal(c, "entry_before", c->plan->before, r->before.entry & ENTRY_CHECKED);
	is_true(c, "after_seen", r->after_seen);
	equal(c, "after", c->test->levels, r->after.levels);
	equal(c, "entry_after", c->plan->after, r->after.entry & ENTRY_CHECKED);
	is_true(c, "pfn is not 0", r->after.pfn);
	equal(c, "order", 0, r->after.order);
}

static void check_fault(struct check *c, const struct fault_record *r)
{
	u64 start = mapping(c->test);

	equal_address(c, "address", c->start, r->address);
	equal(c, "access", c->plan->access, r->access);
	equal(c, "from", MMAPDEMO_FROM_KERNEL, r->from);
	equal(c, "class", c->plan->class, r->class);
	equal(c, "ret", 0, r->ret & RET_FAILED);
	check_entries(c, r);
	equal_span(c, "vma_start", "vma_end", start,
		   start + SELFTEST_PAGES * c->test->page, &r->vma);
	equal(c, "vm_flags", READ_WRITE, r->vma_flags & VM_CHECKED);
	equal_address(c, "pgoff", start, r->vma_pgoff * c->test->page);
	is_anonymous(c, &r->file);
	equal_origin(c, r->mm, &r->trigger);
}

/* The first split of a step is at the start of the range, the second at the end. */
static void check_split(struct check *c, const struct split_record *r, u32 nth)
{
	u64 start = mapping(c->test);

	equal_address(c, "cut", nth ? c->end : c->start, r->cut);
	is_true(c, "the VMA contains the cut",
		r->vma.start < r->cut && r->cut < r->vma.end);
	if (c->step == SELFTEST_SPLIT)
		equal_span(c, "start", "end", nth ? c->start : start,
			   start + SELFTEST_PAGES * c->test->page, &r->vma);
	equal_origin(c, r->mm, &r->trigger);
}

static void check_unlink(struct check *c, const struct unlink_record *r)
{
	equal_span(c, "start", "end", c->start, c->end, &r->range);
	equal(c, "vmas", c->plan->removed, r->vmas);
	equal_origin(c, r->mm, &r->trigger);
}

static void check_event(struct check *c, const struct selftest_seen *seen, u32 nth)
{
	switch (seen->event) {
	case MMAPDEMO_EVENT_DO_MMAP:
		check_mmap(c, &seen->r.mmap);
		break;
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		check_search(c, &seen->r.search);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		check_merge(c, &seen->r.merge);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		check_link(c, &seen->r.link);
		break;
	case MMAPDEMO_EVENT_PTE_FAULT:
		check_fault(c, &seen->r.fault);
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		check_split(c, &seen->r.split, nth);
		break;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		check_unlink(c, &seen->r.unlink);
		break;
	}
}

static bool belongs(const struct check *c, u32 event,
		    const struct selftest_seen *seen)
{
	return seen->event == event && seen->step == c->step;
}

static void check_step(struct check *c, u32 event)
{
	const struct selftest_seen *seen = c->test->seen;
	int expected = c->plan->count[event];
	u32 nth = 0;
	u32 i;

	if (expected == SELFTEST_ANY)
		return;
	for (i = 0; i < c->test->count; i++)
		nth += belongs(c, event, &seen[i]);
	equal(c, "number of events", expected, nth);
	nth = 0;
	for (i = 0; i < c->test->count && !c->failed; i++)
		if (belongs(c, event, &seen[i]))
			check_event(c, &seen[i], nth++);
}

/**
 * mmapdemo_selftest_judge - compare what the hooks saw with what the self test did
 * @test: the self test, after its last step
 * @event: enum mmapdemo_event, less than SELFTEST_EVENTS
 * @failure: filled in if the event is wrong
 *
 * Return: true if all events of this kind are right, and none is missing.
 */
bool mmapdemo_selftest_judge(const struct selftest *test, u32 event,
			     struct selftest_failure *failure)
{
	struct check c = { .test = test, .failure = failure };

	for (c.step = 0; c.step < SELFTEST_STEPS && !c.failed; c.step++) {
		c.plan = &mmapdemo_selftest_plan[c.step];
		c.start = mmapdemo_selftest_start(test, c.step);
		c.end = c.start + mmapdemo_selftest_size(test, c.step);
		check_step(&c, event);
	}
	return !c.failed;
}
