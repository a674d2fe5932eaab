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
 * @ns: total duration of these faults
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

/** struct timeseries - moments of @width ns from @begin on; all 0: empty */
struct timeseries {
	__u64 begin;
	__u64 width;
	struct moment moments[TIMESERIES_MOMENTS];
};

/* Return the moment of @time. A time before the start belongs to the first moment. */
struct moment *timeseries_at(struct timeseries *timeseries, __u64 time);

/* Return the number of moments up to @time. */
int timeseries_count(const struct timeseries *timeseries, __u64 time);

#endif /* _TIMESERIES_H */
