/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Course of events over time, in a fixed number of moments. The moments double in width
 * when more time passes, so the total time need not be known in advance.
 */
#ifndef _TIMESERIES_H
#define _TIMESERIES_H

#include <linux/types.h>

#define TIMESERIES_MOMENTS 32

/**
 * struct moment - figures of one moment
 * @faults: faults that ended in it
 * @ns: time that faults took in it, whenever they ended; see timeseries_spend()
 * @filled: bytes of pages that these faults mapped at their addresses
 * @around: bytes of pages that these faults mapped around their addresses
 * @tables: page tables that these faults allocated
 * @vmas: most VMAs of an address space whose VMAs changed, 0: none did
 */
struct moment {
	__u64 faults;
	__u64 ns;
	__u64 filled;
	__u64 around;
	__u64 tables;
	__u32 vmas;
};

/** struct timeseries - moments of @width ns from @begin to @end; all 0: empty */
struct timeseries {
	__u64 begin;
	__u64 end;
	__u64 width;
	struct moment moments[TIMESERIES_MOMENTS];
};

/*
 * Let the moments contain the times from @begin to @end. This may move all of them:
 * timeseries_at() then returns other addresses.
 */
void timeseries_extend(struct timeseries *timeseries, __u64 begin, __u64 end);

/* Return the moment of @time, which has to be between the begin and the end. */
struct moment *timeseries_at(struct timeseries *timeseries, __u64 time);

/* Divide @ns, which ended at @end, over the moments that they span. */
void timeseries_spend(struct timeseries *timeseries, __u64 end, __u64 ns);

/* Return the number of moments up to the end. */
int timeseries_count(const struct timeseries *timeseries);

/*
 * Return the time from @first to the begin of moment @i. The first moment may begin
 * before @first: then its time is 0, too.
 */
__u64 timeseries_from(const struct timeseries *timeseries, int i, __u64 first);

#endif /* _TIMESERIES_H */
