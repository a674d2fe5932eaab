/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults binned over the plates of an atlas, address by time by class: the
 * second pass. However many faults there are, there are not more cells, told
 * faults and verdicts than these.
 */
#ifndef _HEATMAP_H
#define _HEATMAP_H

#include "record/meta_read.h"
#include "report/html/map.h"
#include "story/story.h"

#define HEAT_COLUMNS 256
#define HEAT_CELLS (1U << 17)
#define HEAT_NOTES 4096
#define HEAT_VERDICTS 2048

/**
 * struct note - a fault that is told
 * @tid: whose it was
 * @begin: when, ns of CLOCK_MONOTONIC
 * @born: when its mapping was asked for, if it is the first one there, or 0
 * @fault: itself
 * @place: what was touched, in words
 * @culprit: by whom
 * @way: which way the kernel took
 * @entry: the entry that it left
 */
struct note {
	__u32 tid;
	__u64 begin;
	__u64 born;
	struct fault_event fault;
	char *place;
	char *culprit;
	char *way;
	char *entry;
};

/**
 * struct cell - faults of a class, in a bin and a column
 * @key: all three, and that it is in use
 * @count: how many
 * @ns: they took
 * @max: the longest
 * @note: of the longest, or NULL
 */
struct cell {
	__u32 key;
	__u64 count;
	__u64 ns;
	__u64 max;
	struct note *note;
};

/**
 * struct grid - cells; when there are too many, two columns become one
 * @cells: by a hash of their key
 * @slots: of @cells, a power of two
 * @most: so many may be in use
 * @count: so many are
 * @fold: how often columns were halved
 */
struct grid {
	struct cell *cells;
	__u32 slots;
	__u32 most;
	__u32 count;
	int fold;
};

/**
 * struct verdict - why a VMA and its neighbour became one, or not
 * @map_space: index of the address space
 * @time: when, ns of CLOCK_MONOTONIC
 * @address: of the boundary
 * @above: the boundary is the end of the range, else its begin
 * @merged: they became one
 * @reason: enum mmapdemo_reason
 * @words: all of it
 */
struct verdict {
	__u32 map_space;
	__u64 time;
	__u64 address;
	bool above;
	bool merged;
	__u32 reason;
	char *words;
};

/**
 * struct heat - all of it
 * @story: how faults are told
 * @all: the heat map
 * @noted: the longest faults of the cells of another grid, which are told
 * @verdicts: every so manieth
 * @verdict_count: how many
 * @verdict_step: as @verdicts says
 * @verdict_seen: so far
 * @elsewhere: faults that are not drawn
 * @elsewhere_ns: they took
 */
struct heat {
	struct story story;
	struct grid all;
	struct grid noted;
	struct verdict verdicts[HEAT_VERDICTS];
	__u32 verdict_count;
	__u64 verdict_step;
	__u64 verdict_seen;
	__u64 elsewhere;
	__u64 elsewhere_ns;
};

/* 0 or -ENOMEM, as the next. */
int heat_begin(struct heat *heat, const struct meta *meta);
int heat_event(struct heat *heat, const struct map *map,
	       const struct event *event, const struct space *space,
	       const struct world *world);
void heat_free(struct heat *heat);

/* Of a cell; there are HEAT_COLUMNS >> fold columns. */
__u32 cell_bin(const struct cell *cell);
__u32 cell_column(const struct cell *cell);
__u32 cell_class(const struct cell *cell);

#endif /* _HEATMAP_H */
