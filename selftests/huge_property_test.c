// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "huge" of pte_fault, compared with the kernel's own decision, for random VMAs
 * of anonymous memory: start, length, advice, prctl(), settings, reads and writes. A
 * kretprobe on do_huge_pmd_anonymous_page() shows whether the kernel passed the tests of
 * the VMA, and whether it then mapped a huge page.
 *
 * The environment variable SEED repeats a run.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "huge_random.h"

#define ROUNDS 1100
#define VERDICTS 2000
#define KPROBES TRACEFS "/kprobe_events"
#define FALLBACK 0x800	/* VM_FAULT_FALLBACK */

/** struct truth - what is known of a touch before its fault */
struct truth {
	char *address;
	bool allowed;	/* by the setting */
};

/** struct decision - what the kernel did in a fault */
struct decision {
	bool called;	/* do_huge_pmd_anonymous_page() */
	bool mapped;
};

FIXTURE(property)
{
	struct trace trace;
	char *enabled;
	char *area;
	struct truth truths[ROUNDS * BLOCKS];
	size_t count;
	size_t verdicts, unknown, wrong;
};

FIXTURE_SETUP(property)
{
	memset(self, 0, sizeof(*self));
	random_start();
	self->area = hole((BLOCKS + 1) * HUGE, HUGE);
	self->enabled = selected(THP "enabled");
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_size(&self->trace, "8192"));
}

FIXTURE_TEARDOWN(property)
{
	trace_destroy(&self->trace);
	put(KPROBES, "-:mmapdemo_test/thp");
	if (self->enabled)
		put(THP "enabled", self->enabled);
	free(self->enabled);
}

/* ---- random VMAs ---- */

/* Call prctl() at random. Return false if it did not succeed. */
static bool random_prctl(void)
{
	const unsigned long flags = one_in(2) ? PR_THP_DISABLE_EXCEPT_ADVISED : 0;

	if (!one_in(5))
		return !prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	return !prctl(PR_SET_THP_DISABLE, 1, flags, 0, 0) ||
	       !prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

/* Set the setting at random. Return the number of the word. */
static int random_setting(void)
{
	static const char *const words[] = { "always", "madvise", "never" };
	static int now = -1;

	if (now < 0 || one_in(20)) {
		now = one_in(2) ? 0 : random() % 3;
		if (!put(THP "enabled", words[now]))
			now = -1;
	}
	return now;
}

/* Touch a page of a block of the VMA, if there is one. */
static void touch_block(FIXTURE_DATA(property) *self, char *map, size_t length,
			size_t block, bool allowed)
{
	char *page = random_page(self->area + block * HUGE, map, length);

	if (!page)
		return;
	self->truths[self->count++] = (struct truth){ page, allowed };
	touch(page, one_in(3) ? false : true);
}

static bool one_round(FIXTURE_DATA(property) *self)
{
	const size_t skip = random_skip();
	const size_t length = random_length(skip);
	char *map = page_at(self->area, skip);
	const int setting = random_setting();
	int advice;

	if (mmap(map, length, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != map)
		return false;
	advice = random_advice(map, length);
	if (setting < 0 || advice < 0 || !random_prctl())
		return false;
	for (size_t block = 0; block < BLOCKS; block++)
		touch_block(self, map, length, block, setting == 0 ||
			    (setting == 1 && advice == MADV_HUGEPAGE));
	return !munmap(map, length);
}

/* ---- verdicts ---- */

/* Return true if the decision is possible with this reason. */
static bool agrees(const struct event *e, const struct truth *truth,
		   const struct decision *made)
{
	if (event_is(e, "huge", "mapped"))
		return made->called && made->mapped && truth->allowed;
	if (event_is(e, "huge", "memory") || event_is(e, "huge", "cgroup"))
		return made->called && !made->mapped && truth->allowed;
	if (event_is(e, "huge", "range"))
		return made->called == truth->allowed && !made->mapped;
	if (event_is(e, "huge", "setting"))
		return !made->called && !truth->allowed;
	return !made->called;
}

static void compare(FIXTURE_DATA(property) *self, const struct event *e,
		    const struct truth *truth, const struct decision *made)
{
	self->verdicts++;
	if (event_is(e, "huge", "unknown")) {
		self->unknown++;
		return;
	}
	if (!event_is(e, "huge", "none") && agrees(e, truth, made))
		return;
	if (!self->wrong++)
		fprintf(stderr, "# called %d, mapped %d, allowed %d: %s\n",
			made->called, made->mapped, truth->allowed, e->fields);
}

/* Walk through the trace, in which the return of the function precedes the fault. */
static void compare_all(FIXTURE_DATA(property) *self)
{
	char *line, *at, *rest = self->trace.text;
	struct decision made = { 0 };
	size_t next = 0;

	while ((line = strsep(&rest, "\n"))) {
		struct event e;

		at = strstr(line, " ret=0x");
		if (at && strstr(line, " thp: ")) {
			made.called = true;
			made.mapped = !(strtoul(at + 5, NULL, 16) & FALLBACK);
			continue;
		}
		if (*line == '#' || !*line || !event_parse(line, &e))
			continue;
		if (next < self->count && event_num(&e, "address") ==
					  (uintptr_t)self->truths[next].address)
			compare(self, &e, &self->truths[next++], &made);
		made = (struct decision){ 0 };
	}
}

TEST_F(property, verdicts_agree_with_the_kernel)
{
	if (!self->enabled)
		SKIP(return, "no transparent huge pages");
	if (!put(KPROBES, "r:mmapdemo_test/thp do_huge_pmd_anonymous_page ret=$retval:x32"))
		SKIP(return, "no kretprobe on do_huge_pmd_anonymous_page()");
	ASSERT_TRUE(trace_put(&self->trace, "events/mmapdemo_test/thp/enable", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (int i = 0; i < ROUNDS; i++)
		ASSERT_TRUE(one_round(self));
	ASSERT_TRUE(trace_stop(&self->trace));
	compare_all(self);
	fprintf(stderr, "# %zu verdicts, %zu unknown, %zu wrong\n", self->verdicts,
	       self->unknown, self->wrong);
	EXPECT_LE(VERDICTS, self->verdicts);
	EXPECT_EQ(0, self->wrong);
	EXPECT_GE(self->verdicts / 100, self->unknown);
	EXPECT_EQ(self->count, self->verdicts);
}

TEST_HARNESS_MAIN
