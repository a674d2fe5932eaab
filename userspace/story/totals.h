/* SPDX-License-Identifier: GPL-2.0-only */
/* Totals of a story, for its summary. */
#ifndef _TOTALS_H
#define _TOTALS_H

#include "event/event.h"

#include <linux/types.h>

/**
 * struct totals - totals of the events of a story
 * @mmaps: mmap() calls
 * @mmaps_failed: mmap() calls that failed
 * @mmap_ns: duration of all mmap() calls, ns
 * @links: new VMAs
 * @merges: ranges that were merged with a neighbour
 * @splits: VMAs that were split
 * @unlinked: VMAs that were unmapped
 * @copies: address spaces that fork() copied
 * @flushes: TLB flushes, without requests to other processors and requests that
 *	no longer applied
 * @faults: all faults
 * @fault_ns: duration of all faults, ns; 0 without the module
 * @classes: faults by class; 0 without the module
 * @majors: faults that started the read of their page; 0 without the module
 * @awaited: faults that waited for a read in progress; 0 without the module
 * @untimed: faults of unknown duration; 0 without the module
 * @retried: faults that took more than one attempt; 0 without the module
 * @protected: faults on a present page; 0 with the module
 * @writes: write faults; 0 with the module
 * @kernels: faults of kernel code; 0 with the module
 * @unhandled: faults that ended in a signal without handle_mm_fault(), not in
 *	@faults; 0 without the module
 * @signals: SIGSEGV and SIGBUS that faults raised
 */
struct totals {
	unsigned long mmaps;
	unsigned long mmaps_failed;
	__u64 mmap_ns;
	unsigned long links;
	unsigned long merges;
	unsigned long splits;
	unsigned long unlinked;
	unsigned long copies;
	unsigned long flushes;
	unsigned long faults;
	__u64 fault_ns;
	unsigned long classes[MMAPDEMO_FAULT_CLASS_COUNT];
	unsigned long majors;
	unsigned long awaited;
	unsigned long untimed;
	unsigned long retried;
	unsigned long protected;
	unsigned long writes;
	unsigned long kernels;
	unsigned long unhandled;
	unsigned long signals;
};

/* Count an event. */
void totals_event(struct totals *totals, const struct event *event);

/* With the module: count a fault that handle_mm_fault() did not see. */
void totals_unhandled(struct totals *totals, const struct event *event);

#endif /* _TOTALS_H */
