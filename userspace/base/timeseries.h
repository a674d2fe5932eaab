/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How things went over time: so many moments, as long as is needed. They double
 * when more time passes; nobody has to know before how long it will be.
 */
#ifndef _TIMESERIES_H
#define _TIMESERIES_H

#include <linux/types.h>

#define TIMESERIES_MOMENTS 32

/**
 * struct moment - what happened in it
 * @faults: ended in it
 * @ns: they took
 * @filled: bytes of pages that they mapped
 * @tables: page tables that they allocated
 * @vmas: most VMAs of an address space whose VMAs changed, 0: none did
 */
struct moment {
	__u64 faults;
	__u64 ns;
	__u64 filled;
	__u64 tables;
	__u32 vmas;
};

/** struct timeseries - moments of @width ns from @begin on; all 0: empty */
struct timeseries {
	__u64 begin;
	__u64 width;
	struct moment moments[TIMESERIES_MOMENTS];
};

/* The moment of a time; what is before the begin belongs to the first one. */
struct moment *timeseries_at(struct timeseries *timeseries, __u64 time);

/* How many there are up to @time. */
int timeseries_count(const struct timeseries *timeseries, __u64 time);

#endif /* _TIMESERIES_H */
