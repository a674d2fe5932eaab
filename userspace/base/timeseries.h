/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures over time, in a fixed number of intervals. When the intervals no
 * longer suffice, their width is doubled. So the total time need not be known
 * in advance.
 */
#ifndef _TIMESERIES_H
#define _TIMESERIES_H

#include <linux/types.h>

#define TIMESERIES_MOMENTS 32

/**
 * struct moment - figures of one interval
 * @faults: number of faults that ended in the interval
 * @ns: time that was spent in faults during the interval; see
 *	timeseries_spend()
 * @filled: bytes of the pages that the @faults mapped at the faulting addresses
 * @around: bytes of the pages that the @faults mapped by fault-around
 * @tables: number of page tables that the @faults allocated
 * @vmas: among the address spaces that changed in the interval, the highest
 *	number of VMAs of an address space; 0: no address space changed
 */
struct moment {
	__u64 faults;
	__u64 ns;
	__u64 filled;
	__u64 around;
	__u64 tables;
	__u32 vmas;
};

/**
 * struct timeseries - intervals of @width ns from @begin to @end; a zeroed time
 * series has no intervals
 */
struct timeseries {
	__u64 begin;
	__u64 end;
	__u64 width;
	struct moment moments[TIMESERIES_MOMENTS];
};

/*
 * Extend the time series to include the times from @begin to @end. This may
 * move all intervals in memory, so earlier results of timeseries_at() are no
 * longer valid.
 */
void timeseries_extend(struct timeseries *timeseries, __u64 begin, __u64 end);

/*
 * Return the interval of @time, which must be between the start and the end of
 * the time series.
 */
struct moment *timeseries_at(struct timeseries *timeseries, __u64 time);

/*
 * Distribute the duration @ns, which ended at @end, over the intervals during
 * which this time passed.
 */
void timeseries_spend(struct timeseries *timeseries, __u64 end, __u64 ns);

/* Return the number of intervals up to the end of the time series. */
int timeseries_count(const struct timeseries *timeseries);

/*
 * Return the time from @first to the start of interval @i. Return 0 if the
 * interval starts before @first. Only the first interval may start before
 * @first.
 */
__u64 timeseries_from(const struct timeseries *timeseries, int i, __u64 first);

#endif /* _TIMESERIES_H */
