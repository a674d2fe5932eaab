/* SPDX-License-Identifier: GPL-2.0-only */
/* The number, durations and classes of the faults in an interval. */
#ifndef _LOAD_H
#define _LOAD_H

#include "base/stats.h"
#include "event/fault_parts.h"

/**
 * struct fault_load - statistics of faults
 * @stats: number and durations of the faults
 * @major: number of major faults, see mmapdemo(1)
 * @classes: number of faults of each class
 * @parts: time of each part in ns, except PART_WORK, see fault_load_part()
 * @lock_before: waits for mmap_lock before the faults, in ns
 * @unparted: number of slow faults whose parts are not known
 */
struct fault_load {
	struct stats stats;
	__u64 major;
	__u64 classes[MMAPDEMO_CLASSES_MAX];
	__u64 parts[FAULT_PARTS];
	__u64 lock_before;
	__u64 unparted;
};

/**
 * struct fault_loads - statistics by interval
 * @now: the current interval
 * @last: the last complete interval
 * @total: sum of all complete intervals
 */
struct fault_loads {
	struct fault_load now;
	struct fault_load last;
	struct fault_load total;
};

/*
 * Sort keys of lists whose entries have a struct fault_loads. BY_NUMBER sorts
 * processes by pid, and VMAs by address.
 */
enum fault_load_order { BY_FAULTS, BY_MAJOR, BY_TIME, BY_MEAN, BY_NUMBER };

/*
 * Return the name of a sort key, such as "faults" or "major". Return NULL if
 * @order is BY_NUMBER + 1.
 */
const char *fault_load_order_word(int order);

void fault_load_fault(struct fault_load *load, const struct fault_event *fault);
void fault_load_time(struct fault_load *load, const struct slow_event *slow);
void fault_load_add(struct fault_load *load, const struct fault_load *more);
void fault_loads_add(struct fault_loads *loads, const struct fault_loads *more);

/* End the current interval, and begin a new interval. */
void fault_loads_turn(struct fault_loads *loads);

/*
 * Compare two entries by @order in the last interval, for qsort(3). If the
 * values are equal, compare the numbers of faults in the last interval, then
 * the total numbers of faults. The entry with the larger value comes first. If
 * @order is BY_NUMBER, return 0.
 */
int fault_loads_compare(const struct fault_loads *x,
			const struct fault_loads *y,
			enum fault_load_order order);

/* Return the mean of the known durations, in ns. */
__u64 fault_load_mean(const struct fault_load *load);

/*
 * Return the time of a part in ns. Faults without a fault_time event only worked, so
 * PART_WORK is the rest of the time.
 */
__u64 fault_load_part(const struct fault_load *load, enum fault_part part);

/*
 * Return the largest part except PART_WORK. Set @percent to its share of the time. If
 * there is no such part of at least 1 %, return PART_WORK.
 */
enum fault_part fault_load_waited(const struct fault_load *load, unsigned int *percent);

/* Return the most frequent class, or 0 if there are no faults. */
__u32 fault_load_mostly(const struct fault_load *load);

/*
 * Format the shares of the most frequent classes, such as "anon 81%  read 12%".
 * List as many classes as fit into @columns columns. Return @text.
 */
const char *fault_load_mix(const struct fault_load *load, char *text,
			   size_t columns);

#endif /* _LOAD_H */
