/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was ever mapped where, and when, to draw it: plates of address spaces,
 * on which the holes are left out. Events go in, in the order of their time.
 * However many there are, what comes out has an upper bound.
 */
#ifndef _MAP_H
#define _MAP_H

#include "report/summary.h"

/* Upper bounds of what is drawn, and of what is remembered for it. */
#define MAP_SPACES 32
#define MAP_SEGMENTS 1536
#define MAP_BINS 4096
#define MAP_SPACES_KEPT 4096
#define MAP_LIVES_KEPT 65536

/* How a VMA came to be what it is. */
enum origin {
	ORIGIN_BEFORE,
	ORIGIN_FORK,
	ORIGIN_MMAP,
	ORIGIN_BRK,
	ORIGIN_EXEC,
	ORIGIN_MOVE,
	ORIGIN_MERGE,
	ORIGIN_SPLIT,
	ORIGIN_CHANGE,
	ORIGIN_REST,
	ORIGIN_FAULT,
	ORIGINS
};

/**
 * struct vma_life - a VMA, as long as it had the same range and flags
 * @start: first byte
 * @end: behind the last byte
 * @born: when it came, ns of CLOCK_MONOTONIC
 * @died: when it went or became another; if it did not, what was seen last
 * @faults: in it
 * @ns: they took
 * @map_space: index of its address space
 * @vm_flags: VM_* of it, the lower 32
 * @origin: enum origin
 * @flagged: @vm_flags are known
 * @over: it died
 * @name: of the file, or [heap], [stack] ... ; "" if anonymous or not known
 */
struct vma_life {
	__u64 start;
	__u64 end;
	__u64 born;
	__u64 died;
	__u64 faults;
	__u64 ns;
	__u32 map_space;
	__u32 vm_flags;
	__u8 origin;
	bool flagged;
	bool over;
	char name[EVENT_NAME_MAX];
};

/**
 * struct segment - addresses that are drawn as one
 * @start: first byte
 * @end: behind the last byte
 * @vmas: neighbours in it, holes between them; 1: pages lie side by side
 * @bin: the first of its bins, of all of the atlas
 * @bins: each is the same part of it
 */
struct segment {
	__u64 start;
	__u64 end;
	__u32 vmas;
	__u32 bin;
	__u32 bins;
};

/**
 * struct map_space - an address space
 * @number: of struct space
 * @mm: its id in the events
 * @tid: who was first seen in it
 * @born: when it was first seen
 * @last: when it was seen last
 * @over: it ended
 * @faults: in it
 * @ns: they took
 * @name: of its program, "" if not known
 * @now: lives that go on, by address
 * @count: of @now
 * @room: of @now
 * @segments: what is drawn, by address; index into the atlas'
 * @drawn: how many of them
 */
struct map_space {
	__u32 number;
	__u32 mm;
	__u32 tid;
	__u64 born;
	__u64 last;
	bool over;
	__u64 faults;
	__u64 ns;
	char name[EVENT_NAME_MAX];
	__u32 *now;
	size_t count;
	size_t room;
	__u32 segments;
	__u32 drawn;
};

/**
 * struct map - all of it; all 0 is an empty one
 * @page_bytes: size of a page
 * @spaces: in the order in which they were seen
 * @space_count: of @spaces
 * @lives: in the order in which they began
 * @life_count: of @lives
 * @by_number: indices of @spaces, by the number of struct space; ~0: none
 * @numbers: of @by_number
 * @order: those that are drawn, as indices of @spaces
 * @drawn: of @order
 * @segments: of all that are drawn
 * @segment_count: of @segments
 * @bins: of all stretches
 */
struct map {
	__u64 page_bytes;
	struct map_space *spaces;
	size_t space_count;
	struct vma_life *lives;
	size_t life_count;
	__u32 *by_number;
	size_t numbers;
	__u32 order[MAP_SPACES];
	__u32 drawn;
	struct segment segments[MAP_SEGMENTS];
	__u32 segment_count;
	__u32 bins;
};

/* First pass: an event of the subject, and where, or NULL. 0 or -ENOMEM. */
int map_event(struct map *map, const struct event *event,
	      const struct space *space, const struct world *world);

/* Between them: what to draw; plates with the longest faults first. */
int map_lay_out(struct map *map);

/* Second pass. NULL: not drawn. */
struct map_space *map_space_drawn(const struct map *map,
				  const struct space *space);
struct segment *map_segment(const struct map *map,
			    const struct map_space *map_space, __u64 address);

void map_free(struct map *map);

#endif /* _MAP_H */
