/* SPDX-License-Identifier: GPL-2.0-only */
/* Totals of a story. The summary of the story prints the totals. */
#ifndef _TOTALS_H
#define _TOTALS_H

#include "event/event.h"

#include <linux/types.h>

/**
 * struct totals - totals of the events of a story
 * @mmaps: number of mappings that mmap(), exec and shmat() requested
 * @mmaps_failed: number of @mmaps that failed
 * @mmap_ns: total duration of all calls of do_mmap(), in ns
 * @links: number of new VMAs
 * @merges: number of ranges that were merged with a neighbour
 * @splits: number of VMAs that were split
 * @unlinked: number of VMAs that were unmapped
 * @copies: number of address spaces that fork() copied
 * @flushes: number of TLB flushes, except requests to other processors and
 *	requests that no longer applied
 * @faults: number of all faults
 * @fault_ns: total duration of all faults, in ns; 0 without the module
 * @classes: number of faults by class; 0 without the module
 * @majors: number of faults that started the read of their page; 0 without the
 *	module
 * @awaited: number of faults that waited for the disk, but did not start the read,
 *	see fault_waited_for_disk(); 0 without the module
 * @untimed: number of faults of unknown duration; 0 without the module
 * @retried: number of faults that took more than one attempt; 0 without the
 *	module
 * @protected: number of faults on a present page; 0 with the module
 * @writes: number of write faults; 0 with the module
 * @kernels: number of faults of kernel code; 0 with the module
 * @unhandled: number of faults that ended in a signal, and never reached
 *	handle_mm_fault(); not counted in @faults; 0 without the module
 * @signals: number of SIGSEGV and SIGBUS signals that faults raised
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

/* Count an event in the totals. */
void totals_event(struct totals *totals, const struct event *event);

/* With the module, count a fault that never reached handle_mm_fault(). */
void totals_unhandled(struct totals *totals, const struct event *event);

#endif /* _TOTALS_H */
