/* SPDX-License-Identifier: GPL-2.0-only */
/* What scenes about devices have in common: regions, and what touching them costs. */
#ifndef _TOUR_REGION_H
#define _TOUR_REGION_H

#include "mmapdemo.h"
#include "tour/stage.h"

#include <stddef.h>

/* A descriptor of a region of one's own; -errno. */
int tour_region(__u32 method, __u32 flags, __u64 bytes);

/* Why there is none to show something with; skips the scene. */
int tour_no_region(struct stage *stage, int err);

/* All of it, to read and to write, at @at; NULL: anywhere, or it can't be. */
volatile char *tour_map_region(int fd, char *at, size_t length);

/* Page tables of this process. */
long tour_tables(void);

/* Reads each page: the faults that it was, and in *@ns how long it took. */
long tour_touch_pages(const volatile char *map, int pages,
		      unsigned long long *ns);

/* What counting itself touches is there afterwards. */
void tour_warm_up(void);

#endif /* _TOUR_REGION_H */
