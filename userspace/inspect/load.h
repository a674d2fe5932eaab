/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults that something had: how many, how long they took, of which classes. */
#ifndef _LOAD_H
#define _LOAD_H

#include "base/stats.h"
#include "event/event.h"

/** struct load - @major of them read from a disk */
struct load {
	struct figures figures;
	__u64 major;
	__u64 classes[MMAPDEMO_CLASSES_MAX];
};

/**
 * struct loads - of intervals
 * @now: of the one that is not over
 * @last: of the last one that is
 * @total: of all that are
 */
struct loads {
	struct load now;
	struct load last;
	struct load total;
};

/* Of what is listed with its loads. BY_NUMBER: the list has an order itself. */
enum load_order { BY_FAULTS, BY_MAJOR, BY_TIME, BY_MEAN, BY_NUMBER };

void load_fault(struct load *load, const struct fault_event *fault);
void load_add(struct load *load, const struct load *more);
void loads_add(struct loads *loads, const struct loads *more);

/* An interval is over, the next begins. */
void loads_turn(struct loads *loads);

/*
 * As qsort(3) wants it: by the last interval, most first; where that is the same
 * by its faults, and by all there were.
 */
int loads_compare(const struct loads *x, const struct loads *y,
		  enum load_order order);

/* How long one took. */
__u64 load_mean(const struct load *load);

/* The class that most are of; 0 if there are none. */
__u32 load_mostly(const struct load *load);

/* "anon 81% read 12%": as many as @columns have room for; returns @text. */
const char *load_mix(const struct load *load, char *text, size_t columns);

#endif /* _LOAD_H */
