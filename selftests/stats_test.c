// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics of durations, some of which are unknown. The tests require neither
 * the module nor root.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/event/fault_parts.c"
#include "../userspace/base/format.c"
#include "../userspace/base/json.c"
#include "../userspace/base/line.c"
#include "../userspace/base/printer.c"
#include "../userspace/base/stats.c"
#include "../userspace/inspect/load.c"
#include "../userspace/inspect/class_counts.c"
#include "../userspace/inspect/class_huge.c"
#include "../userspace/inspect/class_parts.c"
#include "../userspace/inspect/huge_words.c"
#include "../userspace/inspect/run_time.c"
#include "../userspace/system/device.h"

/* ---- statistics of events ---- */

TEST(unknown_durations_are_counted_separately)
{
	struct histogram histogram = { 0 };
	struct stats stats = { 0 };

	EXPECT_EQ(0U, stats_mean(&stats));
	for (int i = 0; i < 20; i++) {
		stats_add(&stats, i % 2 ? 1000 : 0);
		histogram_add(&histogram, i % 2 ? 1000 : 0);
	}
	EXPECT_EQ(20U, stats.count);
	EXPECT_EQ(10U, stats_timed(&stats));
	EXPECT_EQ(1000U, stats_mean(&stats));
	EXPECT_EQ(1000U, histogram_percentile(&histogram, &stats, 50));
	EXPECT_EQ(0U, histogram_below(&histogram, 256));
}

TEST(without_known_durations_there_is_no_mean)
{
	struct fault_load load = { 0 };
	struct fault_event fault = { .class = MMAPDEMO_FAULT_ANON };

	fault_load_fault(&load, &fault);
	fault_load_fault(&load, &fault);
	EXPECT_EQ(2U, load.stats.count);
	EXPECT_EQ(2U, load.stats.untimed);
	EXPECT_EQ(0U, fault_load_mean(&load));
	fault.duration = 500;
	fault_load_fault(&load, &fault);
	fault_load_add(&load, &load);
	EXPECT_EQ(4U, load.stats.untimed);
	EXPECT_EQ(500U, fault_load_mean(&load));
}

/* ---- statistics of the kernel's counter ---- */

static void see(struct mmapdemo_faults *faults, int class, __u64 ns)
{
	struct mmapdemo_latency *latency = &faults->class[class];

	latency->count++;
	latency->total += ns;
	latency->buckets[64 - __builtin_clzll(ns)]++;
	if (latency->max < ns)
		latency->max = ns;
}

FIXTURE(counted) {
	struct mmapdemo_faults before;
	struct mmapdemo_faults after;
	struct mmapdemo_faults since;
	struct style style;
	char *text;
	size_t size;
};

FIXTURE_SETUP(counted)
{
	memset(self, 0, sizeof(*self));
	style_plain(&self->style, 100);
	self->before.classes = MMAPDEMO_FAULT_CLASS_COUNT;
	see(&self->before, MMAPDEMO_FAULT_ANON, 200000);
	see(&self->before, MMAPDEMO_FAULT_WP_REUSE, 30000);
	self->after = self->before;
}

FIXTURE_TEARDOWN(counted)
{
	free(self->text);
}

static const char *table(FIXTURE_DATA(counted) *self)
{
	FILE *out;

	free(self->text);
	out = open_memstream(&self->text, &self->size);
	class_counts_between(&self->since, &self->before, &self->after);
	class_counts_table(out, &self->style, &self->since);
	fclose(out);
	return self->text;
}

TEST_F(counted, an_idle_interval_has_no_durations)
{
	EXPECT_STREQ("    faults  class             total      mean   longest\n"
		     "         0  all                0 ns\n", table(self));
}

/*
 * The longest duration of all classes is unknown if another class may have had
 * a longer duration.
 */
TEST_F(counted, the_longest_of_all_classes_may_be_unknown)
{
	const char *all;

	see(&self->after, MMAPDEMO_FAULT_ANON, 125400);
	see(&self->after, MMAPDEMO_FAULT_WP_REUSE, 55800);
	all = strstr(table(self), "all  ");
	ASSERT_NE(NULL, all);
	EXPECT_EQ(NULL, strstr(all, "55.8"));
	see(&self->after, MMAPDEMO_FAULT_WP_REUSE, 300000);
	all = strstr(table(self), "all  ");
	EXPECT_NE(NULL, strstr(all, "300.0 us"));
}

TEST_F(counted, first_touches_are_sorted_by_their_number)
{
	const char *text;

	EXPECT_EQ(NULL, strstr(table(self), "first touches"));
	self->before.reasons = self->after.reasons = MMAPDEMO_HUGE_REASON_COUNT + 1;
	self->before.huge[MMAPDEMO_HUGE_SETTING] = 5;
	self->after.huge[MMAPDEMO_HUGE_SETTING] = 5;
	self->before.huge[MMAPDEMO_HUGE_MAPPED] = 1;
	self->after.huge[MMAPDEMO_HUGE_MAPPED] = 3;
	self->after.huge[MMAPDEMO_HUGE_RANGE] = 12;
	self->after.huge[MMAPDEMO_HUGE_REASON_COUNT] = 1;
	text = strstr(table(self), "    faults  first");
	ASSERT_NE(NULL, text);
	EXPECT_STREQ("    faults  first touches of 2 MiB of address space\n"
		     "        12  the aligned 2 MiB are not inside the VMA\n"
		     "         2  mapped by huge pages\n"
		     "         1  a reason that is not known\n", text);
}

TEST(each_reason_has_a_text)
{
	for (__u32 reason = MMAPDEMO_HUGE_NONE + 1; reason < MMAPDEMO_HUGE_REASON_COUNT;
	     reason++)
		EXPECT_NE(NULL, touch_text(reason));
}

/* ---- probes ---- */

/*
 * The error of an attached probe normally says why the probe does not use a
 * better method. Only the error EUNATCH means that calls are not observed.
 */
TEST(attached_probes_observe_calls)
{
	static const struct {
		__u32 state, error, unobserved;
	} probes[] = {
		{ MMAPDEMO_PROBE_ARMED, 0, 0 },
		{ MMAPDEMO_PROBE_ARMED, EINPROGRESS, 0 },
		{ MMAPDEMO_PROBE_ARMED, EBUSY, 0 },
		{ MMAPDEMO_PROBE_ARMED, EUNATCH, EUNATCH },
		{ MMAPDEMO_PROBE_READY, 0, 0 },
		{ MMAPDEMO_PROBE_ABSENT, ENOENT, ENOENT },
		{ MMAPDEMO_PROBE_ABSENT, EBUSY, EBUSY },
		{ MMAPDEMO_PROBE_ABSENT, EUNATCH, EUNATCH },
	};

	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		const struct mmapdemo_probe probe = {
			.state = probes[i].state, .error = probes[i].error,
		};

		EXPECT_EQ(probes[i].unobserved, dev_unobserved(&probe));
	}
}

TEST_HARNESS_MAIN
