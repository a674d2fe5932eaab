/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads of faults: number, durations and classes. */
#ifndef _LOAD_H
#define _LOAD_H

#include "base/stats.h"
#include "event/event.h"

/** struct fault_load - a number of faults; @major: major faults, see mmapdemo(1) */
struct fault_load {
	struct stats stats;
	__u64 major;
	__u64 classes[MMAPDEMO_CLASSES_MAX];
};

/**
 * struct fault_loads - loads of intervals
 * @now: the current interval
 * @last: the last complete interval
 * @total: all complete intervals
 */
struct fault_loads {
	struct fault_load now;
	struct fault_load last;
	struct fault_load total;
};

/* Sort keys of lists with loads. BY_NUMBER is the list's own order. */
enum fault_load_order { BY_FAULTS, BY_MAJOR, BY_TIME, BY_MEAN, BY_NUMBER };

/* Return "faults", "major" ...; NULL after the last. */
const char *fault_load_order_word(int order);

void fault_load_fault(struct fault_load *load, const struct fault_event *fault);
void fault_load_add(struct fault_load *load, const struct fault_load *more);
void fault_loads_add(struct fault_loads *loads, const struct fault_loads *more);

/* End an interval and begin the next. */
void fault_loads_turn(struct fault_loads *loads);

/*
 * Compare for qsort(3): by @order in the last interval, most first; then by the
 * number of faults in the last interval; then by all faults.
 */
int fault_loads_compare(const struct fault_loads *x,
			const struct fault_loads *y,
			enum fault_load_order order);

/* Return the mean duration of a fault, ns. */
__u64 fault_load_mean(const struct fault_load *load);

/* Return the most frequent class, 0 if there are no faults. */
__u32 fault_load_mostly(const struct fault_load *load);

/* Write as many shares as @columns allow: "anon 81% read 12%". Return @text. */
const char *fault_load_mix(const struct fault_load *load, char *text,
			   size_t columns);

#endif /* _LOAD_H */
