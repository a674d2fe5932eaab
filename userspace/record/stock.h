/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel has without the module, beside its tracepoints: perf says what
 * is mapped, by exec too, and with the names of files.
 */
#ifndef _STOCK_H
#define _STOCK_H

#include "event/event.h"
#include "system/perf_ring.h"

/* From now on what @tid, and what it forks, maps. */
void stock_follow(struct perf_rings *rings, int tid);

/* False: that record is no event. */
bool stock_event(struct event *event, int cpu,
		 const struct perf_event_header *record);

#endif /* _STOCK_H */
