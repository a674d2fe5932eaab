/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of perf, which supplement the kernel's tracepoints if there is no
 * module: each new mapping, including those of exec, with the name of its file.
 */
#ifndef _STOCK_H
#define _STOCK_H

#include "event/event.h"
#include "system/perf_ring.h"

/* Follow the mappings of @tid and its future descendants. */
void stock_follow(struct perf_rings *rings, int tid);

/* Convert a record. Return false if the record is not an event. */
bool stock_event(struct event *event, int cpu,
		 const struct perf_event_header *record);

#endif /* _STOCK_H */
