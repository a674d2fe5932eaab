// SPDX-License-Identifier: GPL-2.0-only
/* How long a tick of the TSC is. */
#include "clock_x86.h"
#include "common.h"

#include <linux/time64.h>

u64 mmapdemo_clock_ratio __read_mostly;

/**
 * mmapdemo_clock_init - which clock, and how fast?
 *
 * Called before anybody asks for the time. One that the kernel finds unstable
 * later is not noticed.
 */
void mmapdemo_clock_init(void)
{
	if (!check_tsc_unstable() && tsc_khz)
		mmapdemo_clock_ratio = div_u64((u64)USEC_PER_SEC << 32, tsc_khz);
}
