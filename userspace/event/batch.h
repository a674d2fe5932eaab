/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The faults of a pte_faults event, as separate pte_fault events. The record is not
 * trusted, because it may come from a damaged file.
 */
#ifndef _BATCH_H
#define _BATCH_H

#include "event/event.h"

struct tep_record;

/*
 * A fault is older than its record in the ring buffer by at most this time, in ns. The
 * module writes the record after at most 10 ms. An interrupt of the timer can be late.
 */
#define BATCH_LATE (40 * 1000000ULL)

/**
 * struct batch - faults that are being read; a zeroed structure has no fault left
 * @vma: the VMAs
 * @fault: the next fault
 * @vmas: number of VMAs
 * @left: number of faults that are left
 * @time: time of the first fault of the event, in ns
 * @cpu: processor of the faults
 * @tid: task that caused the faults
 */
struct batch {
	const char *vma;
	const char *fault;
	__u32 vmas;
	__u32 left;
	__u64 time;
	int cpu;
	__u32 tid;
};

/*
 * Start to read the faults of @event, a pte_faults event that was decoded from @record.
 * The data of @record is not copied. Return 0, or -EPROTO if the record is damaged.
 */
int batch_open(struct batch *batch, const struct event *event,
	       const struct tep_record *record);

/* Return the time of the next fault. There must be a fault left. */
__u64 batch_time(const struct batch *batch);

/* Set @event to the next fault. Return false if no fault is left. */
bool batch_next(struct batch *batch, struct event *event);

#endif /* _BATCH_H */
