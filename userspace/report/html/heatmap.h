/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The heat map counts faults by address, time and class. The map is filled
 * during the second pass over the events. The numbers of cells, notes and
 * verdicts never exceed the limits below, regardless of the number of faults.
 */
#ifndef _HEATMAP_H
#define _HEATMAP_H

#include "record/meta_read.h"
#include "report/first_touch.h"
#include "report/html/map.h"
#include "report/html/waiting.h"
#include "story/story.h"

#define HEAT_COLUMNS 256
#define HEAT_CELLS (1U << 17)
#define HEAT_WAITS (1U << 16)
#define HEAT_TOUCHES (1U << 17)
#define HEAT_NOTES 4096
#define HEAT_VERDICTS 2048

/**
 * struct note - a fault described in words
 * @tid: task that faulted
 * @begin: time when the fault began, in ns of CLOCK_MONOTONIC
 * @born: time when the mapping was created, if the fault is the first fault in
 *	the mapping; otherwise 0
 * @fault: the fault
 * @slow: where the time of the fault went, or NULL
 * @touched: what the fault has mapped for the first time
 * @place: text about the faulting address
 * @culprit: text about the code that faulted
 * @way: text about the path through the kernel
 * @entry: text about the page table entry after the fault
 */
struct note {
	__u32 tid;
	__u64 begin;
	__u64 born;
	struct fault_event fault;
	struct slow_event *slow;
	struct touched touched;
	char *place;
	char *culprit;
	char *way;
	char *entry;
};

/**
 * struct cell - the faults of one class, or with the same largest part, or with the same
 * reason against a huge page, in one bin of addresses and one column of time
 * @key: bin, column and class, part or reason, and a bit that is set if the cell is in
 *	use
 * @count: number of faults
 * @ns: duration of all faults
 * @max: duration of the longest fault
 * @classes: in the grids of waits and touches: the classes of the faults, with one bit per
 *	class
 * @note: note about the longest fault, or NULL
 */
struct cell {
	__u32 key;
	__u64 count;
	__u64 ns;
	__u64 max;
	__u32 classes;
	struct note *note;
};

/**
 * struct grid - hash table of cells. If the table is full, each pair of
 * adjacent columns is joined
 * @cells: cells by the hash of their key
 * @slots: size of @cells, a power of two
 * @most: maximum number of cells in use
 * @count: number of cells in use
 * @fold: how often the number of columns was halved
 */
struct grid {
	struct cell *cells;
	__u32 slots;
	__u32 most;
	__u32 count;
	int fold;
};

/**
 * struct verdict - result of an attempt to merge a range with one neighbour
 * @map_space: index of the address space in map.spaces
 * @time: time of the event, ns of CLOCK_MONOTONIC
 * @address: boundary between the range and the neighbour
 * @above: the boundary is at the end of the range, not at the start
 * @merged: the range was merged with the neighbour
 * @reason: enum mmapdemo_reason
 * @words: the verdict as text
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
 * struct undrawn - faults that the heat map does not show
 * @count: number of faults
 * @ns: duration of all faults
 */
struct undrawn {
	__u64 count;
	__u64 ns;
};

/**
 * struct heat - heat map of a recording
 * @story: context for the texts of notes and verdicts
 * @all: cells of the heat map
 * @noted: a grid of fewer cells; each cell has a note about its longest fault
 * @waits: cells of the faults with a known fault_time event, by the largest part.
 *	The durations include the wait for mmap_lock before the fault
 * @first: the first touches so far
 * @touches: cells of the first touches of anonymous memory, by enum huge_reason
 * @verdicts: the verdicts to show: one out of every @verdict_step verdicts
 * @verdict_count: number of @verdicts
 * @verdict_step: distance between two verdicts that are kept; a power of two
 * @verdict_seen: number of all verdicts so far, including those that were not
 *	kept
 * @elsewhere: faults in address spaces that are not drawn
 * @outside: faults at addresses that are in no segment of their address space
 */
struct heat {
	struct story story;
	struct grid all;
	struct grid noted;
	struct grid waits;
	struct first_touch first;
	struct grid touches;
	struct verdict verdicts[HEAT_VERDICTS];
	__u32 verdict_count;
	__u64 verdict_step;
	__u64 verdict_seen;
	struct undrawn elsewhere;
	struct undrawn outside;
};

/*
 * heat_begin() begins a heat map, and heat_event() adds an event. Both
 * functions return 0 or -ENOMEM.
 */
int heat_begin(struct heat *heat, const struct meta *meta);
int heat_event(struct heat *heat, const struct map *map,
	       const struct event *event, const struct space *space,
	       const struct world *world);
void heat_free(struct heat *heat);

/*
 * Each function returns the bin, the column, or the class, part or reason from the key
 * of a cell. A grid has HEAT_COLUMNS >> fold columns.
 */
__u32 cell_bin(const struct cell *cell);
__u32 cell_column(const struct cell *cell);
__u32 cell_class(const struct cell *cell);

#endif /* _HEATMAP_H */
