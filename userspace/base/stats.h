/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics of durations, and tables with the statistics of each key. */
#ifndef _STATS_H
#define _STATS_H

#include <linux/types.h>
#include <stddef.h>

/*
 * From 16 ns on, the durations from one power of two to the next are divided
 * into 16 buckets. So a percentile is at most 1/16 too high.
 */
#define HISTOGRAM_STEPS 16
#define HISTOGRAM_SIZE (HISTOGRAM_STEPS * 61)

/**
 * struct stats - statistics of durations
 * @count: number of items
 * @untimed: number of items of unknown duration; in events, an unknown duration
 *	is 0
 * @ns: sum of the known durations
 * @max: longest duration
 */
struct stats {
	__u64 count;
	__u64 untimed;
	__u64 ns;
	__u64 max;
};

/** struct histogram - histogram of durations */
struct histogram {
	__u64 counts[HISTOGRAM_SIZE];
};

void stats_add(struct stats *stats, __u64 ns);

/*
 * stats_timed() returns the number of known durations. stats_mean() returns
 * their mean, or 0 if no duration is known.
 */
__u64 stats_timed(const struct stats *stats);
__u64 stats_mean(const struct stats *stats);

/* Add the items of @more to @stats. */
void stats_join(struct stats *stats, const struct stats *more);

void histogram_add(struct histogram *histogram, __u64 ns);

/*
 * Return a duration that at least @percent % of the known durations do not
 * exceed. @stats and @histogram must contain the same durations.
 */
__u64 histogram_percentile(const struct histogram *histogram,
			   const struct stats *stats, int percent);

/*
 * Return the number of durations below @ns. @ns must be a power of two that is
 * at least 32.
 */
__u64 histogram_below(const struct histogram *histogram, __u64 ns);

/** struct key - key of a row: four numbers, whose meaning is up to the caller */
struct key {
	__u64 parts[4];
};

#define ROW_NAME_MAX 128

/**
 * struct row - row of a table
 * @key: key of the row
 * @stats: statistics of the items
 * @majors: number of major faults
 * @live: number of items that still exist; see struct boundaries
 * @calls: number of system calls, if the rows are about calls
 * @until: end of the last of @calls
 * @name: name to print
 */
struct row {
	struct key key;
	struct stats stats;
	__u64 majors;
	__u64 live;
	__u64 calls;
	__u64 until;
	char name[ROW_NAME_MAX];
};

/**
 * struct table - rows by key; a zeroed table is empty
 * @rows: the rows
 * @count: number of rows
 * @room: number of rows for which there is memory
 * @index: hash table of the rows; NULL in a sorted table
 * @slots: number of slots in @index
 * @last: index of the row that table_row() returned last
 */
struct table {
	struct row *rows;
	size_t count;
	size_t room;
	__u32 *index;
	size_t slots;
	size_t last;
};

/*
 * Return the row of @key. If there is none, add a row without a name. Return
 * NULL if there is no memory.
 */
struct row *table_row(struct table *table, const struct key *key);

/* Return the row of @key, or NULL if there is none. */
const struct row *table_find(const struct table *table, const struct key *key);

/*
 * Sort the rows by total duration, longest first. In a sorted table, rows can't
 * be looked up by key.
 */
void table_sort(struct table *table);

/*
 * As table_sort(), but sort by stats.max, and rows with equal stats.max by
 * stats.count. The largest number comes first.
 */
void table_sort_most(struct table *table);
void table_free(struct table *table);

#endif /* _STATS_H */
