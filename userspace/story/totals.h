/* SPDX-License-Identifier: GPL-2.0-only */
/* What a story ends with: how much of everything there was. */
#ifndef _TOTALS_H
#define _TOTALS_H

#include "event/event.h"

#include <linux/types.h>

/**
 * struct totals - of the events of a story
 * @mmaps: calls of mmap()
 * @mmaps_failed: of these that did
 * @mmap_ns: that they took
 * @links: new VMAs
 * @merges: ranges that were merged with a neighbour
 * @splits: VMAs cut in two
 * @unlinked: VMAs unmapped
 * @copies: address spaces copied by fork()
 * @flushes: of the TLB, those asked of other processors not
 * @faults: all of them
 * @fault_ns: that they took; 0 without the module
 * @classes: the faults, by their way; none without the module
 * @majors: of the faults those that waited for the disk; likewise
 * @awaited: ... that waited for a read under way; likewise
 * @untimed: ... that are of unknown duration; likewise
 * @retried: ... that took more than one attempt; likewise
 * @protected: ... that found a page; only without the module, as what follows
 * @writes: ... that were to write
 * @kernels: ... that the kernel had
 * @unhandled: ... more of them, that the module did not see
 * @signals: that faults ended with
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

/* One more event. */
void totals_event(struct totals *totals, const struct event *event);

/* With the module: a fault that handle_mm_fault() did not see. */
void totals_unhandled(struct totals *totals, const struct event *event);

#endif /* _TOTALS_H */
