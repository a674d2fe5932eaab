// SPDX-License-Identifier: GPL-2.0-only
/*
 * Durations that module/arch/x86/moment.h computes from two readings of a
 * clock. Between the readings, the clock may stop, jump or be replaced. The
 * functions depend only on their arguments, so this test compiles the header
 * and calls the functions directly. clock_suspend_test.c checks that the module
 * notices a suspend.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>

typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;

#include "../module/arch/x86/moment.h"

#define SECOND 1000000000ULL
#define YEAR (365 * 24 * 3600 * SECOND)

/*
 * Frequencies of clocks in kHz: one tick per ns, the lowest supported
 * frequency, and two typical results of calibration.
 */
static const u32 clocks[] = { 1000000, MOMENT_KHZ_MIN, 2893202, 5100007 };

/* Return the reading of the clock @ns nanoseconds after the reading was 0. */
static struct moment at(u32 khz, u32 generation, u64 ns)
{
	return (struct moment) {
		.ticks = (unsigned __int128)ns * khz / 1000000,
		.rate = moment_rate(khz, generation),
	};
}

static u64 took(struct moment start, struct moment end)
{
	return moment_between(&start, &end);
}

/*
 * Return true if @ns is @wanted. The allowed error is a millionth of @wanted, plus
 * 2 ns, plus one tick of the clock for each of the two readings.
 */
static bool near(u64 ns, u64 wanted, u32 khz)
{
	u64 off = ns > wanted ? ns - wanted : wanted - ns;

	return off <= wanted / 1000000 + 2 + 2 * 1000000 / khz;
}

TEST(a_duration_is_the_elapsed_time)
{
	static const u64 durations[] = {
		0, 1, 999, 12345, SECOND, 3600 * SECOND, YEAR
	};

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		for (size_t j = 0; j < ARRAY_SIZE(durations); j++) {
			u64 ns = took(at(clocks[i], 7, 123 * SECOND),
				      at(clocks[i], 7, 123 * SECOND +
					 durations[j]));

			EXPECT_TRUE(near(ns, durations[j], clocks[i])) {
				TH_LOG("%u kHz: %llu is %llu", clocks[i],
				       durations[j], ns);
			}
		}
}

/*
 * If two readings of the clock have the same generation number, this number changes
 * the duration between them by less than a millionth.
 */
TEST(the_last_generation_is_as_exact_as_the_first)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		EXPECT_TRUE(near(took(at(clocks[i], ~0U, 0),
				      at(clocks[i], ~0U, YEAR)), YEAR,
				 clocks[i]));
}

TEST(a_clock_that_goes_backwards_gives_no_duration)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		EXPECT_EQ(0, took(at(clocks[i], 1, YEAR),
				  at(clocks[i], 1, YEAR - 1000)));
		/* The TSC was reset by a suspend that the module did not notice. */
		EXPECT_EQ(0, took(at(clocks[i], 1, YEAR), at(clocks[i], 1, 0)));
	}
}

/*
 * A suspend may reset, stop or advance the TSC. Afterwards, the difference
 * between the readings may even look plausible.
 */
TEST(no_duration_is_known_across_a_suspend)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		EXPECT_EQ(0, took(at(clocks[i], 1, YEAR), at(clocks[i], 2, 0)));
		EXPECT_EQ(0, took(at(clocks[i], 1, SECOND),
				  at(clocks[i], 2, 2 * SECOND)));
		EXPECT_EQ(0, took(at(clocks[i], 1, SECOND),
				  at(clocks[i], 2, YEAR)));
		EXPECT_EQ(0, took(at(clocks[i], ~0U, SECOND),
				  at(clocks[i], 0, 2 * SECOND)));
	}
}

TEST(no_duration_is_known_after_a_change_of_clock)
{
	struct moment mono = { .ticks = 5 * SECOND };

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		EXPECT_EQ(0, took(at(clocks[i], 1, SECOND), mono));
		EXPECT_EQ(0, took(mono, at(clocks[i], 1, 6 * SECOND)));
		EXPECT_EQ(0, took(at(clocks[i], 1, SECOND),
				  at(clocks[i] + 1000, 2, 2 * SECOND)));
	}
}

TEST(without_a_rate_ticks_are_ns)
{
	struct moment start = { .ticks = YEAR };
	struct moment end = { .ticks = YEAR + 12345 };

	EXPECT_EQ(12345, took(start, end));
	EXPECT_EQ(0, took(end, start));
}

TEST_HARNESS_MAIN
