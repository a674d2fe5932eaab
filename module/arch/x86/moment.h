/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two readings of a clock, and the time between. Pure: a test builds it, too.
 */
#ifndef _MMAPDEMO_ARCH_MOMENT_H
#define _MMAPDEMO_ARCH_MOMENT_H

#include <linux/types.h>

/* A rate is ns in 2^60 ticks. Its lower half is a generation instead. */
#define MOMENT_RATE_SHIFT 60
#define MOMENT_GENERATION_BITS 32

/* Ticks slower than this, in kHz, have no rate. */
#define MOMENT_KHZ_MIN 100000

/**
 * struct moment - when something was
 * @ticks: what the clock showed
 * @rate: as moment_rate(); 0: ticks are ns
 */
struct moment {
	u64 ticks;
	u64 rate;
};

/**
 * moment_rate - the rate of a clock of so many kHz
 * @khz: at least MOMENT_KHZ_MIN
 * @generation: another one after each event that may have made the clock jump,
 *	or changed its speed: no duration is computed across it
 */
static inline u64 moment_rate(u32 khz, u32 generation)
{
	const u64 ns = (u64)1000000 << (MOMENT_RATE_SHIFT -
					MOMENT_GENERATION_BITS);

	return (ns / khz) << MOMENT_GENERATION_BITS | generation;
}

/* mul_u64_u64_shr(), without a stack that is aligned for 128-bit numbers. */
static inline u64 moment_ns(u64 ticks, u64 rate)
{
	asm("mulq %[rate]\n\tshrdq $60, %[rate], %[ticks]"
	    : [ticks] "+a" (ticks), [rate] "+d" (rate) : : "cc");
	return ticks;
}

/**
 * moment_between - how much time passed
 * @start: a moment
 * @end: a later one
 *
 * Return: ns, at least 1 where the clock is a slow one; 0 when it is not known: the
 * clock was stopped or set in between, as by a suspend, became another one, or went
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

/* Nothing is known of the time since then. */
static inline void moment_forget(struct moment *moment)
{
	moment->rate = ~0ULL;
}

#endif /* _MMAPDEMO_ARCH_MOMENT_H */
