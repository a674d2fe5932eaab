/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time between two moments, at the price of an instruction each: ticks of
 * the TSC, where the kernel trusts it, as its scheduler and its trace buffer do.
 * Elsewhere a tick is a ns of CLOCK_MONOTONIC.
 */
#ifndef _MMAPDEMO_CLOCK_X86_H
#define _MMAPDEMO_CLOCK_X86_H

#include <asm/tsc.h>
#include <linux/ktime.h>
#include <linux/types.h>

/* ns in 2^32 ticks; 0: ticks are ns. Written once, when the module is loaded. */
extern u64 mmapdemo_clock_ratio;

static inline u64 mmapdemo_clock(void)
{
	return likely(mmapdemo_clock_ratio) ? rdtsc() :
					      ktime_get_mono_fast_ns();
}

/* mul_u64_u64_shr() by 32, without a stack that is aligned for 128-bit numbers. */
static inline u64 mmapdemo_clock_ns(u64 ticks)
{
	u64 ratio = mmapdemo_clock_ratio;

	if (likely(ratio))
		asm("mulq %[ratio]\n\tshrdq $32, %[ratio], %[ticks]"
		    : [ticks] "+a" (ticks), [ratio] "+d" (ratio) : : "cc");
	return ticks;
}

void mmapdemo_clock_init(void);

#endif /* _MMAPDEMO_CLOCK_X86_H */
