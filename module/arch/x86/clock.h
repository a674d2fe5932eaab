/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A clock to measure durations. Reading the clock takes few instructions. The
 * clock counts ticks of the TSC if the module can use the TSC: see clock.c.
 * Otherwise, the clock counts ns of CLOCK_MONOTONIC.
 */
#ifndef _MMAPDEMO_ARCH_CLOCK_H
#define _MMAPDEMO_ARCH_CLOCK_H

#include "moment.h"

#include <asm/tsc.h>
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/types.h>

/*
 * Rate of the TSC, as returned by moment_rate(), or 0 if the module does not
 * use the TSC. The rate may change while probes run.
 */
extern u64 mmapdemo_clock_rate;

static inline struct moment mmapdemo_clock(void)
{
	u64 rate = READ_ONCE(mmapdemo_clock_rate);

	return (struct moment) {
		.ticks = likely(rate) ? rdtsc() : ktime_get_mono_fast_ns(),
		.rate = rate,
	};
}

u64 mmapdemo_clock_slow(const struct moment *start, u32 *ticks);

/**
 * mmapdemo_clock_ns - get the time since @start, in ns
 * @start: an earlier reading of the clock
 * @ticks: the lower half of the ticks now is stored here
 */
static __always_inline u64 mmapdemo_clock_ns(const struct moment *start, u32 *ticks)
{
	struct moment now = { .rate = READ_ONCE(mmapdemo_clock_rate) };

	if (unlikely(!now.rate))
		return mmapdemo_clock_slow(start, ticks);
	now.ticks = rdtsc();
	*ticks = now.ticks;
	return moment_between(start, &now);
}

/**
 * mmapdemo_clock_since - get the time since a reading of CLOCK_MONOTONIC
 * @start: result of ktime_get_mono_fast_ns(). A later result may be lower by a
 *	few ns
 *
 * Return: the time in ns, or 0 if the time would be negative.
 */
static inline u64 mmapdemo_clock_since(u64 start)
{
	u64 now = ktime_get_mono_fast_ns();

	return now > start ? now - start : 0;
}

void mmapdemo_clock_watch(void);
void mmapdemo_clock_start(void);
void mmapdemo_clock_stop(void);
void mmapdemo_clock_unwatch(void);

#endif /* _MMAPDEMO_ARCH_CLOCK_H */
