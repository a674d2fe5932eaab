// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_COUNT_PARTS: where the time of counted faults went. The counts must agree
 * with the events fault_time of the same faults.
 *
 * Depends on: the kernel.
 */
#include "count.h"
#include "fault.h"
#include "late.h"

FIXTURE(count_time)
{
	struct trace trace;
	int fd;
	int counter;
	int plain;	/* a counter that does not count parts */
};

FIXTURE_SETUP(count_time)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->counter = count_open(self->fd, getpid(), MMAPDEMO_COUNT_PARTS);
	self->plain = count_open(self->fd, getpid(), 0);
	ASSERT_LE(0, self->counter);
	ASSERT_LE(0, self->plain);
}

FIXTURE_TEARDOWN(count_time)
{
	close(self->plain);
	close(self->counter);
	close(self->fd);
	trace_destroy(&self->trace);
}

/* Touch a page that userfaultfd supplies late. */
static bool touch_late(void)
{
	char *page = map_anon(page_size());
	int fd = uffd_for(page);
	pid_t pid = fd < 0 ? -1 : answer_late(fd);

	if (pid < 0)
		return false;
	touch(page, false);
	close(fd);
	munmap(page, page_size());
	return !wait_for(pid);
}

static __u64 sum_of(const struct mmapdemo_parts *parts)
{
	__u64 sum = 0;

	for (int i = 0; i < MMAPDEMO_PARTS; i++)
		sum += parts->part[i];
	return sum;
}

TEST_F(count_time, the_parts_of_each_class_sum_to_its_total)
{
	struct mmapdemo_faults faults;

	ASSERT_TRUE(touch_late());
	work();
	ASSERT_TRUE(count_read(self->counter, &faults));
	for (__u32 i = 0; i < faults.classes; i++)
		EXPECT_EQ(faults.class[i].total, sum_of(&faults.parts[i]));
	EXPECT_LE(LATE_NS, faults.parts[MMAPDEMO_FAULT_UFFD].part[MMAPDEMO_PART_SLEEP] +
		  faults.parts[MMAPDEMO_FAULT_UFFD].part[MMAPDEMO_PART_CPU]);
	EXPECT_EQ(0, faults.parts[MMAPDEMO_FAULT_UFFD].part[MMAPDEMO_PART_RECLAIM]);
	EXPECT_LT(0, faults.parts[MMAPDEMO_FAULT_ANON].part[MMAPDEMO_PART_WORK]);
	EXPECT_EQ(0, faults.lost);
	EXPECT_TRUE(faults.known & 1 << MMAPDEMO_PART_WORK);
	EXPECT_TRUE(faults.known & 1 << MMAPDEMO_PART_SLEEP);
	EXPECT_EQ(0, faults.known >> MMAPDEMO_PARTS);
}

TEST_F(count_time, a_counter_without_parts_has_none)
{
	struct mmapdemo_faults faults;

	ASSERT_TRUE(touch_late());
	ASSERT_TRUE(count_read(self->plain, &faults));
	EXPECT_EQ(0, faults.known);
	EXPECT_EQ(1, faults.class[MMAPDEMO_FAULT_UFFD].count);
	for (__u32 i = 0; i < faults.classes; i++)
		EXPECT_EQ(0, sum_of(&faults.parts[i]));
}

/* Return the sum of a field of the events fault_time, except parts not known. */
static __u64 events_sum(const struct trace *trace, const char *class, const char *field)
{
	__u64 sum = 0;

	for_each_event(e, trace)
		if (e->kind == MMAPDEMO_EVENT_FAULT_TIME && event_is(e, "class", class))
			sum += event_num(e, field);
	return sum;
}

TEST_F(count_time, the_counts_agree_with_the_events)
{
	const struct mmapdemo_parts *uffd;
	struct mmapdemo_faults faults;

	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	ASSERT_TRUE(touch_late());
	ASSERT_TRUE(touch_late());
	ASSERT_TRUE(count_read(self->counter, &faults));
	ASSERT_TRUE(trace_end(&self->trace));
	uffd = &faults.parts[MMAPDEMO_FAULT_UFFD];
	EXPECT_EQ(2, faults.class[MMAPDEMO_FAULT_UFFD].count);
	EXPECT_EQ(events_sum(&self->trace, "uffd", "sleep"),
		  uffd->part[MMAPDEMO_PART_SLEEP]);
	EXPECT_EQ(events_sum(&self->trace, "uffd", "cpu"), uffd->part[MMAPDEMO_PART_CPU]);
	EXPECT_EQ(events_sum(&self->trace, "uffd", "work"),
		  uffd->part[MMAPDEMO_PART_WORK]);
}

/* A counter that is closed must not end the observation that an event needs. */
TEST_F(count_time, a_counter_may_be_closed_while_an_event_is_enabled)
{
	int counter = count_open(self->fd, getpid(), MMAPDEMO_COUNT_PARTS);

	ASSERT_LE(0, counter);
	close(self->counter);
	self->counter = -1;
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	close(counter);
	ASSERT_TRUE(touch_late());
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_LE(LATE_NS, events_sum(&self->trace, "uffd", "sleep") +
		  events_sum(&self->trace, "uffd", "cpu"));
}

TEST_HARNESS_MAIN
