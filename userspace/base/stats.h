/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures of durations, and tables of them by any key. */
#ifndef _STATS_H
#define _STATS_H

#include <linux/types.h>
#include <stddef.h>

/* 16 steps for each power of two: a percentile is at most 1/16 too high. */
#define HISTOGRAM_STEPS 16
#define HISTOGRAM_SIZE (HISTOGRAM_STEPS * 61)

/**
 * struct stats - of durations
 * @count: of things
 * @untimed: of these, how many are of unknown duration, which is written as 0
 * @ns: that the others took all together
 * @max: the longest of them
 */
struct stats {
	__u64 count;
	__u64 untimed;
	__u64 ns;
	__u64 max;
};

/** struct histogram - of durations */
struct histogram {
	__u64 counts[HISTOGRAM_SIZE];
};

void stats_add(struct stats *stats, __u64 ns);
void stats_join(struct stats *stats, const struct stats *more);

/* How many have a duration; and how long one of these took, 0: there is none. */
__u64 stats_timed(const struct stats *stats);
__u64 stats_mean(const struct stats *stats);

/* Those of @more, too. */
void stats_join(struct stats *stats, const struct stats *more);

void histogram_add(struct histogram *histogram, __u64 ns);

/* That so many percent are not above; the histogram of these @stats. */
__u64 histogram_percentile(const struct histogram *histogram,
			   const struct stats *stats, int percent);

/* How many were below @ns, a power of two from 32 on: exactly. */
__u64 histogram_below(const struct histogram *histogram, __u64 ns);

/** struct key - what a row is about: any numbers */
struct key {
	__u64 parts[4];
};

#define ROW_NAME_MAX 128

/** struct row - of a table */
struct row {
	struct key key;
	struct stats stats;
	__u64 majors;
	char name[ROW_NAME_MAX];
};

/** struct table - rows, found by their key, @last the last one; all 0: empty */
struct table {
	struct row *rows;
	size_t count;
	size_t room;
	__u32 *index;
	size_t slots;
	size_t last;
};

/* The row of that key, a new one has no name. NULL: no memory. */
struct row *table_row(struct table *table, const struct key *key);

/* The same, NULL: there is none. */
const struct row *table_find(const struct table *table, const struct key *key);

/* Those that took longest first. No row is found after that. */
void table_sort(struct table *table);
void table_free(struct table *table);

#endif /* _STATS_H */
