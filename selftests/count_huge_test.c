// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_COUNT_HUGE: first touches by the reason why a huge page was mapped or not. The
 * counts must agree with the field "huge" of pte_fault, whether or not the event is
 * enabled.
 *
 * Depends on: the kernel.
 */
#include "count.h"
#include "thp_setting.h"

#define BLOCKS 4

FIXTURE(count_huge)
{
	struct trace trace;
	char *enabled;	/* the setting before the test, or NULL */
	int fd;
	int counter;
	char *map;	/* BLOCKS aligned blocks of anonymous memory */
};

FIXTURE_SETUP(count_huge)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->enabled = selected(THP "enabled");
	if (self->enabled)
		ASSERT_TRUE(put(THP "enabled", "always"));
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->counter = count_open(self->fd, getpid(), MMAPDEMO_COUNT_HUGE);
	ASSERT_LE(0, self->counter);
	self->map = hole(BLOCKS * HUGE, HUGE);
	ASSERT_EQ(self->map, mmap(self->map, BLOCKS * HUGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
				  -1, 0));
}

FIXTURE_TEARDOWN(count_huge)
{
	close(self->counter);
	close(self->fd);
	if (self->enabled)
		put(THP "enabled", self->enabled);
	free(self->enabled);
	trace_destroy(&self->trace);
}

static __u64 all_of(const struct mmapdemo_faults *faults)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < faults->reasons; i++)
		sum += faults->huge[i];
	return sum;
}

/* Touch each block twice. Return how much the count of the reason increased, or -1. */
static __s64 touch_blocks(int counter, char *map, int reason)
{
	struct mmapdemo_faults before, after;

	if (!count_read(counter, &before))
		return -1;
	for (int i = 0; i < BLOCKS; i++) {
		touch_write(map + i * HUGE);
		touch_write(map + i * HUGE + page_size());
	}
	if (!count_read(counter, &after) || after.reasons != MMAPDEMO_HUGE_REASON_COUNT ||
	    all_of(&after) - all_of(&before) < BLOCKS)
		return -1;
	return after.huge[reason] - before.huge[reason];
}

TEST_F(count_huge, huge_pages_are_counted)
{
	if (!self->enabled)
		SKIP(return, "no transparent huge pages");
	EXPECT_EQ(BLOCKS, touch_blocks(self->counter, self->map, MMAPDEMO_HUGE_MAPPED));
}

TEST_F(count_huge, the_reason_is_counted_once_for_each_block)
{
	if (madvise(self->map, BLOCKS * HUGE, MADV_NOHUGEPAGE))
		SKIP(return, "no transparent huge pages");
	EXPECT_EQ(BLOCKS, touch_blocks(self->counter, self->map,
				       MMAPDEMO_HUGE_NOHUGEPAGE));
}

TEST_F(count_huge, a_kernel_without_huge_pages_is_counted)
{
	if (self->enabled)
		SKIP(return, "transparent huge pages exist");
	EXPECT_EQ(BLOCKS, touch_blocks(self->counter, self->map, MMAPDEMO_HUGE_KERNEL));
}

/* Count the events of a range by reason. */
static void count_events(const struct trace *trace, const char *map, size_t len,
			 __u64 *counts)
{
	static const struct { int reason; const char *name; } names[] = {
#define EM(number, name)	{ number, name },
#define EMe			EM
		MMAPDEMO_HUGE_REASONS
#undef EM
#undef EMe
	};

	for_each_event(e, trace)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			counts[names[i].reason] += fault_within(e, map, len) &&
						   event_is(e, "huge", names[i].name);
}

TEST_F(count_huge, the_counts_are_those_of_the_events)
{
	__u64 counts[MMAPDEMO_HUGE_REASONS_MAX] = { 0 };
	struct mmapdemo_faults before, after;

	madvise(self->map, HUGE, MADV_NOHUGEPAGE);
	/* Functions that are called again cause no first touches. */
	touch_blocks(self->counter, map_anon(BLOCKS * HUGE), 0);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(count_read(self->counter, &before));
	ASSERT_NE(-1, touch_blocks(self->counter, self->map, 0));
	ASSERT_TRUE(count_read(self->counter, &after));
	ASSERT_TRUE(trace_end(&self->trace));
	count_events(&self->trace, self->map, BLOCKS * HUGE, counts);
	for (__u32 i = MMAPDEMO_HUGE_NONE + 1; i < MMAPDEMO_HUGE_REASONS_MAX; i++)
		EXPECT_EQ(counts[i], after.huge[i] - before.huge[i]);
	EXPECT_EQ(0, after.huge[MMAPDEMO_HUGE_NONE]);
}

TEST_F(count_huge, other_counters_count_no_reasons)
{
	const int plain = count_open(self->fd, getpid(), MMAPDEMO_COUNT_PARTS);
	struct mmapdemo_faults faults;

	ASSERT_LE(0, plain);
	touch_write(self->map);
	ASSERT_TRUE(count_read(plain, &faults));
	EXPECT_EQ(0, faults.reasons);
	EXPECT_EQ(0, all_of(&faults));
	for (int i = 0; i < MMAPDEMO_HUGE_REASONS_MAX; i++)
		EXPECT_EQ(0, faults.huge[i]);
	close(plain);
}

TEST_F(count_huge, a_counter_without_reasons_remains)
{
	struct mmapdemo_faults faults;
	int plain;

	close(self->counter);
	plain = count_open(self->fd, getpid(), 0);
	ASSERT_LE(0, plain);
	self->counter = plain;
	touch_write(self->map);
	ASSERT_TRUE(count_read(plain, &faults));
	EXPECT_LT(0, faults_of(&faults));
	EXPECT_EQ(0, faults.reasons);
}

TEST_HARNESS_MAIN
