// SPDX-License-Identifier: GPL-2.0-only
#include "base/stats.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void stats_add(struct stats *stats, __u64 ns)
{
	stats->count++;
	stats->untimed += !ns;
	stats->ns += ns;
	if (stats->max < ns)
		stats->max = ns;
}

void stats_join(struct stats *stats, const struct stats *more)
{
	stats->count += more->count;
	stats->untimed += more->untimed;
	stats->ns += more->ns;
	if (stats->max < more->max)
		stats->max = more->max;
}

__u64 stats_timed(const struct stats *stats)
{
	return stats->count - stats->untimed;
}

__u64 stats_mean(const struct stats *stats)
{
	const __u64 timed = stats_timed(stats);

	return timed ? stats->ns / timed : 0;
}

/* ---- histogram ---- */

/*
 * Return the bucket of @ns. Each number below 32 has its own bucket. Two larger
 * numbers share a bucket if they have equally many bits and the same five
 * highest bits.
 */
static int step(__u64 ns)
{
	int shift;

	if (ns < 2 * HISTOGRAM_STEPS)
		return ns;
	shift = 59 - __builtin_clzll(ns);
	return shift * HISTOGRAM_STEPS + (ns >> shift);
}

/* Return the longest duration in a bucket. */
static __u64 step_end(int step)
{
	int shift;

	if (step < 2 * HISTOGRAM_STEPS)
		return step;
	shift = step / HISTOGRAM_STEPS - 1;
	return ((__u64)(step % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 1) <<
		shift) - 1;
}

void histogram_add(struct histogram *histogram, __u64 ns)
{
	if (ns)	/* 0 means that the duration is unknown */
		histogram->counts[step(ns)]++;
}

__u64 histogram_percentile(const struct histogram *histogram,
			   const struct stats *stats, int percent)
{
	__u64 rank = (stats_timed(stats) * percent + 99) / 100, seen = 0;
	int at = 0;

	for (; at < HISTOGRAM_SIZE; at++) {
		seen += histogram->counts[at];
		if (seen >= rank && seen)
			break;
	}
	return at == HISTOGRAM_SIZE || step_end(at) > stats->max ?
	       stats->max : step_end(at);
}

__u64 histogram_below(const struct histogram *histogram, __u64 ns)
{
	__u64 below = 0;

	for (int at = 0; at < step(ns); at++)
		below += histogram->counts[at];
	return below;
}

/* ---- table ---- */

static size_t key_hash(const struct key *key)
{
	__u64 sum = 0;

	for (int i = 0; i < 4; i++) {
		sum = (sum ^ key->parts[i]) * 0x9e3779b97f4a7c15ULL;
		sum ^= sum >> 29;
	}
	return sum;
}

static bool key_same(const struct key *a, const struct key *b)
{
	return a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1] &&
	       a->parts[2] == b->parts[2] && a->parts[3] == b->parts[3];
}

/*
 * Return the slot of @key, or a free slot if @key has none. The slot of a row
 * contains the index of the row plus 1. A free slot contains 0.
 */
static __u32 *table_slot(const struct table *table, const struct key *key)
{
	size_t at = key_hash(key) & (table->slots - 1);

	while (table->index[at] &&
	       !key_same(&table->rows[table->index[at] - 1].key, key))
		at = (at + 1) & (table->slots - 1);
	return &table->index[at];
}

/* Double the size of the table. At least half of the slots stay free. */
static int table_grow(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 64;
	__u32 *index = calloc(room * 2, sizeof(*index));
	struct row *rows = reallocarray(table->rows, room, sizeof(*rows));

	if (rows)
		table->rows = rows;
	if (!index || !rows) {
		free(index);
		return -1;
	}
	free(table->index);
	table->index = index;
	table->room = room;
	table->slots = room * 2;
	for (size_t i = 0; i < table->count; i++)
		*table_slot(table, &rows[i].key) = i + 1;
	return 0;
}

struct row *table_row(struct table *table, const struct key *key)
{
	struct row *row;
	__u32 *found;

	/* The same key is often looked up several times in succession. */
	if (table->count && key_same(&table->rows[table->last].key, key))
		return &table->rows[table->last];
	if (table->count == table->room && table_grow(table))
		return NULL;
	found = table_slot(table, key);
	if (*found) {
		table->last = *found - 1;
		return &table->rows[table->last];
	}
	table->last = table->count;
	row = &table->rows[table->count++];
	memset(row, 0, sizeof(*row));
	row->key = *key;
	*found = table->count;
	return row;
}

const struct row *table_find(const struct table *table, const struct key *key)
{
	const __u32 found = table->slots ? *table_slot(table, key) : 0;

	return found ? &table->rows[found - 1] : NULL;
}

/* Rows with equal durations are sorted by key, so that the order is always the same. */
static int longest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->stats.ns != y->stats.ns)
		return x->stats.ns < y->stats.ns ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int most_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->stats.max != y->stats.max)
		return x->stats.max < y->stats.max ? 1 : -1;
	if (x->stats.count != y->stats.count)
		return x->stats.count < y->stats.count ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static void sort(struct table *table,
		 int (*order)(const void *a, const void *b))
{
	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows), order);
	free(table->index);
	table->index = NULL;
}

void table_sort(struct table *table)
{
	sort(table, longest_first);
}

void table_sort_most(struct table *table)
{
	sort(table, most_first);
}

void table_free(struct table *table)
{
	free(table->rows);
	free(table->index);
	*table = (struct table){ 0 };
}
