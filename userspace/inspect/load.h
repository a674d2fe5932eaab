/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults that something had: how many, how long they took, of which classes. */
#ifndef _LOAD_H
#define _LOAD_H

#include "base/stats.h"
#include "event/event.h"

/** struct fault_load - @major of them read from a disk */
struct fault_load {
	struct stats stats;
	__u64 major;
	__u64 classes[MMAPDEMO_CLASSES_MAX];
};

/**
 * struct fault_loads - of intervals
 * @now: of the one that is not over
 * @last: of the last one that is
 * @total: of all that are
 */
struct fault_loads {
	struct fault_load now;
	struct fault_load last;
	struct fault_load total;
};

/* Of what is listed with its loads. BY_NUMBER: the list has an order itself. */
enum fault_load_order { BY_FAULTS, BY_MAJOR, BY_TIME, BY_MEAN, BY_NUMBER };

/* "faults", "major" ..., and NULL. */
const char *fault_load_order_word(int order);

void fault_load_fault(struct fault_load *load, const struct fault_event *fault);
void fault_load_add(struct fault_load *load, const struct fault_load *more);
void fault_loads_add(struct fault_loads *loads, const struct fault_loads *more);

/* An interval is over, the next begins. */
void fault_loads_turn(struct fault_loads *loads);

/*
 * As qsort(3) wants it: by the last interval, most first; where that is the same
 * by its faults, and by all there were.
 */
int fault_loads_compare(const struct fault_loads *x,
			const struct fault_loads *y,
			enum fault_load_order order);

/* How long one took. */
__u64 fault_load_mean(const struct fault_load *load);

/* The class that most are of; 0 if there are none. */
__u32 fault_load_mostly(const struct fault_load *load);

/* "anon 81% read 12%": as many as @columns have room for; returns @text. */
const char *fault_load_mix(const struct fault_load *load, char *text,
			   size_t columns);

#endif /* _LOAD_H */
