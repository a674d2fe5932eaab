/* SPDX-License-Identifier: GPL-2.0-only */
/* The current time of CLOCK_MONOTONIC, the clock of the events. */
#ifndef _CLOCK_H
#define _CLOCK_H

#include <linux/types.h>
#include <time.h>

static inline __u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline __s64 clock_ms(void)
{
	return clock_ns() / 1000000;
}

#endif /* _CLOCK_H */
