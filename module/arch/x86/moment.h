/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time between two readings of a clock. This file includes only
 * <linux/types.h>, so that a test can build it.
 */
#ifndef _MMAPDEMO_ARCH_MOMENT_H
#define _MMAPDEMO_ARCH_MOMENT_H

#include <linux/types.h>

/*
 * A rate is the number of ns in 2^60 ticks. The lower half holds a generation.
 */
#define MOMENT_RATE_SHIFT 60
#define MOMENT_GENERATION_BITS 32

/* Lowest frequency that has a rate, in kHz. */
#define MOMENT_KHZ_MIN 100000

/**
 * struct moment - a reading of a clock
 * @ticks: value of the clock
 * @rate: rate from moment_rate(); 0: @ticks are ns
 */
struct moment {
	u64 ticks;
	u64 rate;
};

/**
 * moment_rate - get the rate of a clock
 * @khz: frequency in kHz, at least MOMENT_KHZ_MIN
 * @generation: a value that changes at each event where the clock may jump or
 *	change its speed. A duration that spans such an event is unknown
 */
static inline u64 moment_rate(u32 khz, u32 generation)
{
	const u64 ns = (u64)1000000 << (MOMENT_RATE_SHIFT -
					MOMENT_GENERATION_BITS);

	return (ns / khz) << MOMENT_GENERATION_BITS | generation;
}

/*
 * mul_u64_u64_shr(ticks, rate, 60), without aligning the stack for 128-bit
 * numbers.
 */
static inline u64 moment_ns(u64 ticks, u64 rate)
{
	asm("mulq %[rate]\n\tshrdq $60, %[rate], %[ticks]"
	    : [ticks] "+a" (ticks), [rate] "+d" (rate) : : "cc");
	return ticks;
}

/**
 * moment_between - get the time between two moments
 * @start: a moment
 * @end: a later moment
 *
 * Return: ns, at least 1 if the clock is CLOCK_MONOTONIC; 0 if the time is
 * unknown, because the clock was stopped, set or replaced in between, or went
 * backwards.
 */
static inline u64 moment_between(const struct moment *start,
				 const struct moment *end)
{
	u64 ticks = end->ticks - start->ticks;

	if (start->rate != end->rate || (s64)ticks < 0)
		return 0;
	return end->rate ? moment_ns(ticks, end->rate) : ticks + !ticks;
}

/* Make the time since @moment unknown. */
static inline void moment_forget(struct moment *moment)
{
	moment->rate = ~0ULL;
}

#endif /* _MMAPDEMO_ARCH_MOMENT_H */
