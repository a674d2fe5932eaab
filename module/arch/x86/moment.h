/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time between two readings of a clock. This file includes only
 * <linux/types.h>, so that a test can build it.
 */
#ifndef _MMAPDEMO_ARCH_MOMENT_H
#define _MMAPDEMO_ARCH_MOMENT_H

#include <linux/types.h>

/*
 * A rate is the number of ns in 2^60 ticks, as a 64-bit number. The lower half
 * of this number is replaced by a generation number: see moment_rate().
 */
#define MOMENT_RATE_SHIFT 60
#define MOMENT_GENERATION_BITS 32

/* Lowest clock frequency for which a rate can be computed, in kHz. */
#define MOMENT_KHZ_MIN 100000

/**
 * struct moment - a reading of a clock
 * @ticks: value of the clock
 * @rate: rate from moment_rate(), or 0 if @ticks are ns
 */
struct moment {
	u64 ticks;
	u64 rate;
};

/**
 * moment_rate - get the rate of a clock
 * @khz: frequency in kHz, at least MOMENT_KHZ_MIN
 * @generation: a number that changes whenever the clock may have jumped or
 *	changed its speed. A duration that spans such a change is unknown
 */
static inline u64 moment_rate(u32 khz, u32 generation)
{
	const u64 ns = (u64)1000000 << (MOMENT_RATE_SHIFT -
					MOMENT_GENERATION_BITS);

	return (ns / khz) << MOMENT_GENERATION_BITS | generation;
}

/*
 * Do the same as mul_u64_u64_shr(ticks, rate, 60). But here, the compiler need
 * not align the stack for a 128-bit number.
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
 * Return: the time in ns, or 0 if the time is unknown. The time is unknown if
 * the clock was stopped, set or replaced between the two moments, or if the
 * clock went backwards. If the clock is CLOCK_MONOTONIC, the time is at least 1
 * ns.
 */
static inline u64 moment_between(const struct moment *start,
				 const struct moment *end)
{
	u64 ticks = end->ticks - start->ticks;

	if (start->rate != end->rate || (s64)ticks < 0)
		return 0;
	return end->rate ? moment_ns(ticks, end->rate) : ticks + !ticks;
}

/* Change @moment so that the time since @moment is unknown. */
static inline void moment_forget(struct moment *moment)
{
	moment->rate = ~0ULL;
}

#endif /* _MMAPDEMO_ARCH_MOMENT_H */
