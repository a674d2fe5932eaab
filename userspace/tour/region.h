/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that create and map regions of /dev/mmapdemo, and that measure the
 * cost of touching pages.
 */
#ifndef _TOUR_REGION_H
#define _TOUR_REGION_H

#include "mmapdemo.h"
#include "tour/stage.h"

#include <stddef.h>

/* Create a region. Return its descriptor or -errno. */
int tour_region(__u32 method, __u32 flags, __u64 bytes);

/*
 * Print the reason why a region can't be created. Return the result for a
 * skipped scene.
 */
int tour_no_region(struct stage *stage, int err);

/*
 * Map a region read-write at @at. If @at is NULL, the kernel chooses the
 * address. Return NULL if the region can't be mapped.
 */
volatile char *tour_map_region(int fd, char *at, size_t length);

/* Return the number of page tables of this process. */
long tour_tables(void);

/* Read from each page. Return the number of faults, and set *@ns to the duration. */
long tour_touch_pages(const volatile char *map, int pages,
		      unsigned long long *ns);

/*
 * Touch the memory that a measurement uses, so that the measurement itself
 * causes no faults.
 */
void tour_warm_up(void);

#endif /* _TOUR_REGION_H */
