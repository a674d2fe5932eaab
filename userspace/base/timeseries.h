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
 * @vmas: highest number of VMAs in any address space that changed during the
 *	interval; 0: no address space changed
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
 * struct timeseries - a time series; a zeroed time series has no intervals
 * @begin: start of the first interval
 * @end: the last time in the time series
 * @width: width of each interval, in ns
 * @moments: figures of the intervals
 */
struct timeseries {
	__u64 begin;
	__u64 end;
	__u64 width;
	struct moment moments[TIMESERIES_MOMENTS];
};

/*
 * Extend the time series to include the times from @begin to @end. The function
 * may move all intervals in memory, so earlier results of timeseries_at() become
 * invalid.
 */
void timeseries_extend(struct timeseries *timeseries, __u64 begin, __u64 end);

/*
 * Return the interval of @time, which must be between the start and the end of
 * the time series.
 */
struct moment *timeseries_at(struct timeseries *timeseries, __u64 time);

/*
 * Distribute a duration of @ns, which ended at the time @end, over the intervals
 * in which the time passed.
 */
void timeseries_spend(struct timeseries *timeseries, __u64 end, __u64 ns);

/* Return the number of intervals up to the end of the time series. */
int timeseries_count(const struct timeseries *timeseries);

/*
 * Return the time from @first to the start of interval @i, or 0 if the interval
 * starts before @first. Only the first interval may start before @first.
 */
__u64 timeseries_from(const struct timeseries *timeseries, int i, __u64 first);

#endif /* _TIMESERIES_H */
