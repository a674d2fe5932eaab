/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events from perf, which supplement the kernel's tracepoints if the module is
 * not loaded. perf shows each new mapping, including the mappings that exec
 * creates, with the name of the file.
 */
#ifndef _STOCK_H
#define _STOCK_H

#include "event/event.h"
#include "system/perf_ring.h"

/* Record new mappings of the task @tid and of its future descendants. */
void stock_follow(struct perf_rings *rings, int tid);

/* Convert a record of perf to an event. Return false if the record is of no use. */
bool stock_event(struct event *event, int cpu,
		 const struct perf_event_header *record);

#endif /* _STOCK_H */
