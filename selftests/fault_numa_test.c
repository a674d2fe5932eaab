// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault on a machine with several memory nodes. The
 * tests cover the hints of NUMA balancing, and pages that migrate between
 * nodes.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define HUGE (2 * MIB)
#define BALANCING "/proc/sys/kernel/numa_balancing"
#define THP "/sys/kernel/mm/transparent_hugepage"
#define MOVE_ALL 4	/* MPOL_MF_MOVE_ALL */

FIXTURE(numa)
{
	struct trace trace;
	const char *missing;
	char *balancing;
	char *page;	/* private anonymous memory: one huge or one small page */
};

FIXTURE_VARIANT(numa)
{
	bool huge;
	const char *class;
};

FIXTURE_VARIANT_ADD(numa, small) { .huge = false, .class = "numa" };
FIXTURE_VARIANT_ADD(numa, huge) { .huge = true, .class = "huge-numa" };

/*
 * Move the page to a node. Return the node on which the page is afterwards, or
 * -1.
 */
static int move_to(char *page, int node)
{
	void *pages[] = { page };
	int status = -1;

	syscall(SYS_move_pages, 0, 1UL, pages, &node, &status, MOVE_ALL);
	return status;
}

FIXTURE_SETUP(numa)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->balancing = slurp(BALANCING);
	if (access("/sys/devices/system/node/node1", F_OK))
		self->missing = "all memory is one node";
	else if (variant->huge && access(THP, F_OK))
		self->missing = "no transparent huge pages";
	self->page = hole(HUGE, HUGE);
	ASSERT_EQ(self->page, mmap(self->page, HUGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS |
				   MAP_FIXED_NOREPLACE, -1, 0));
	if (!access(THP, F_OK))
		ASSERT_EQ(0, madvise(self->page, HUGE, variant->huge ?
				     MADV_HUGEPAGE : MADV_NOHUGEPAGE));
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(self->missing || !self->balancing || put(BALANCING, "0"));
}

FIXTURE_TEARDOWN(numa)
{
	trace_destroy(&self->trace);
	if (self->balancing)
		put(BALANCING, self->balancing);
}

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_NODES()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

/* Return a fault of class @class on the page, or NULL if there is none. */
static const struct event *fault_of(const struct trace *trace, char *page,
				    const char *class)
{
	for_each_event(e, trace)
		if (fault_within(e, page, page_size()) &&
		    event_is(e, "class", class))
			return e;
	return NULL;
}

/*
 * Touch the page for a while, because NUMA balancing scans a task only while
 * the task uses processor time.
 */
static void touch_for_a_while(volatile char *page)
{
	clock_t end = clock() + CLOCKS_PER_SEC / 20;

	while (clock() < end)
		*page = 1;
}

TEST_F(numa, a_page_sampled_by_numa_balancing_is_numa)
{
	const struct event *e = NULL;

	SKIP_WITHOUT_NODES();
	if (!self->balancing)
		SKIP(return, "no NUMA balancing");
	/*
	 * NUMA balancing ignores a page that is already on the node of its only
	 * user.
	 */
	ASSERT_TRUE(run_on(0));
	ASSERT_EQ(1, move_to(self->page, 1));
	ASSERT_TRUE(put(BALANCING, "1"));
	for (int i = 0; !e && i < 1000; i++) {
		ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
		touch_for_a_while(self->page);
		ASSERT_TRUE(trace_end(&self->trace));
		e = fault_of(&self->trace, self->page, variant->class);
	}
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_has(e, "entry_before", "protnone"));
	EXPECT_FALSE(event_has(e, "entry_after", "protnone"));
	EXPECT_EQ(variant->huge, event_has(e, "entry_before", "huge"));
}

struct writer {
	pthread_t thread;
	atomic_bool stop;
	char *page;
};

static void *write_on(void *data)
{
	struct writer *writer = data;

	while (!writer->stop)
		*(volatile char *)writer->page = 1;
	return NULL;
}

/* Move a page between nodes while another thread writes to it. */
static bool move_under(struct writer *writer)
{
	bool moved = true;

	writer->stop = false;
	if (pthread_create(&writer->thread, NULL, write_on, writer))
		return false;
	for (int i = 0; moved && i < 100; i++)
		moved = move_to(writer->page, i % 2) >= 0;
	writer->stop = true;
	return !pthread_join(writer->thread, NULL) && moved;
}

TEST_F(numa, a_page_under_migration_is_migration)
{
	struct writer writer = { .page = self->page };
	const struct event *e = NULL;

	SKIP_WITHOUT_NODES();
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	for (int i = 0; !e && i < 100; i++) {
		ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
		ASSERT_TRUE(move_under(&writer));
		ASSERT_TRUE(trace_end(&self->trace));
		e = fault_of(&self->trace, self->page, "migration");
	}
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_has(e, "entry_before", "migration"));
	EXPECT_EQ(variant->huge, event_has(e, "entry_before", "huge"));
	EXPECT_FALSE(event_has(e, "entry_before", "present"));
	EXPECT_NE(getpid(), e->pid);
}

TEST_HARNESS_MAIN
