/* SPDX-License-Identifier: GPL-2.0-only */
/* Totals of a story, for the summary. */
#ifndef _TOTALS_H
#define _TOTALS_H

#include "event/event.h"

#include <linux/types.h>

/**
 * struct totals - totals of the events of a story
 * @mmaps: calls of mmap()
 * @mmaps_failed: calls of mmap() that failed
 * @mmap_ns: duration of all calls of mmap(), ns
 * @links: new VMAs
 * @merges: ranges that were merged with a neighbour
 * @splits: VMAs cut in two
 * @unlinked: VMAs unmapped
 * @copies: address spaces copied by fork()
 * @flushes: TLB flushes, except requests to other processors and requests that no longer applied
 * @faults: all faults
 * @fault_ns: duration of all faults, ns; 0 without the module
 * @classes: faults by class; 0 without the module
 * @majors: faults that began to read the page; 0 without the module
 * @awaited: faults that waited for a read in progress; 0 without the module
 * @untimed: faults of unknown duration; 0 without the module
 * @retried: faults that took more than one attempt; 0 without the module
 * @protected: faults on a present page; 0 with the module
 * @writes: write faults; 0 with the module
 * @kernels: faults of kernel code; 0 with the module
 * @unhandled: more faults, with a signal, that the module did not see; 0 without it
 * @signals: SIGSEGV and SIGBUS of faults
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
