/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Map of all VMAs of a recording over time, for drawing. The map consists of
 * address spaces. An address space is drawn as segments. The holes between
 * segments are not drawn. The events must be added in chronological order. The
 * size of the map is limited, regardless of the number of events.
 */
#ifndef _MAP_H
#define _MAP_H

#include "report/summary.h"

/*
 * Maximum numbers of objects to draw. The limits with KEPT are for the objects
 * to collect.
 */
#define MAP_SPACES 32
#define MAP_SEGMENTS 1536
#define MAP_BINS 4096
#define MAP_SPACES_KEPT 4096
#define MAP_LIVES_KEPT 65536

/* How a VMA got its current range and flags */
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
 * struct vma_life - the life of a VMA, which lasts as long as the range and the
 * flags of the VMA stay the same
 * @start: address of the first byte
 * @end: address after the last byte
 * @born: time when this life began, in ns of CLOCK_MONOTONIC
 * @died: time when the VMA was removed or changed, in ns of CLOCK_MONOTONIC; if
 *	@over is not set, the time when its address space was last seen
 * @faults: number of faults
 * @ns: duration of the faults
 * @map_space: index of the address space in map.spaces
 * @vm_flags: the lower 32 bits of the VM_* flags
 * @origin: enum origin
 * @flagged: @vm_flags are known
 * @over: the life ended before the address space ended
 * @name: name of the file, or [heap], [stack] ...; "": anonymous memory, or an
 *	unknown name
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
 * struct segment - a range of addresses that is drawn without a gap
 * @start: address of the first byte
 * @end: address after the last byte
 * @vmas: number of VMAs in the segment. If the segment contains several VMAs,
 *	there may be holes between these VMAs
 * @bin: number of the first bin. Bins are numbered over the whole map
 * @bins: number of bins. The bins are equal parts of the segment
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
 * @number: space.number
 * @mm: id in the events
 * @tid: the first task that was seen in the address space
 * @born: time when the address space was first seen, in ns of CLOCK_MONOTONIC
 * @last: time when the address space was last seen, in ns of CLOCK_MONOTONIC
 * @over: the address space has ended
 * @faults: number of faults
 * @ns: duration of the faults
 * @name: name of the program; "" if the name is unknown
 * @now: indices in map.lives of the lives that have not ended, sorted by
 *	address
 * @count: number of entries in @now
 * @room: capacity of @now
 * @segments: index in map.segments of the first segment; segments are sorted by
 *	address
 * @chosen: the address space is one of those to draw
 * @drawn: number of segments
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
	bool chosen;
	__u32 drawn;
};

/**
 * struct map - map of a recording; a zeroed map is empty
 * @page_bytes: size of a page, in bytes
 * @spaces: address spaces, in the order in which they were first seen
 * @space_count: number of @spaces
 * @lives: lives of VMAs, in the order in which they began
 * @life_count: number of @lives
 * @by_number: indices in @spaces, by space.number; ~0: none
 * @numbers: number of entries in @by_number
 * @order: indices in @spaces of the address spaces that are drawn
 * @drawn: number of entries in @order
 * @segments: segments of all address spaces that are drawn
 * @segment_count: number of @segments
 * @bins: number of bins of all segments
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

/*
 * During the first pass, add an event of the target. @space may be NULL. Return
 * 0 or -ENOMEM.
 */
int map_event(struct map *map, const struct event *event,
	      const struct space *space, const struct world *world);

/*
 * Between the passes, choose what to draw. Address spaces with the longest
 * total duration of faults have priority. Return 0 or -ENOMEM.
 */
int map_lay_out(struct map *map);

/*
 * Return true if the life can be drawn. A life that ended when it began is drawn
 * only if it had faults.
 */
bool vma_life_shown(const struct vma_life *life);

/*
 * During the second pass, find an address space, or a segment. Return NULL if
 * the address space was not chosen, or if the address is in no segment.
 */
struct map_space *map_space_chosen(const struct map *map,
				   const struct space *space);
struct segment *map_segment(const struct map *map,
			    const struct map_space *map_space, __u64 address);

void map_free(struct map *map);

#endif /* _MAP_H */
