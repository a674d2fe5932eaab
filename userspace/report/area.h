/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Areas. An area is the union of overlapping VMAs of one file, or of anonymous
 * memory, in one address space. The VMAs need not exist at the same time. For
 * example, a heap is one area, although the VMA of the heap changes each time
 * the heap grows.
 */
#ifndef _AREA_H
#define _AREA_H

#include "base/stats.h"
#include "event/world.h"

/**
 * struct area - union of all ranges that a growing mapping has had
 * @next: next area in the list of all areas
 * @into: the area that has absorbed this area; NULL: there is none
 * @id: index of the area, from 0 on
 * @space: number of the address space
 * @mm: id of the address space
 * @pid: process that owns the address space; 0: unknown
 * @dev: device of the file
 * @ino: inode number of the file; 0: anonymous memory
 * @start: address of the first byte
 * @end: address after the last byte
 * @vm_flags: VM_* flags at the last fault
 * @name: name of the file or of the anonymous memory
 */
struct area {
	struct area *next;
	struct area *into;
	size_t id;
	__u32 space;
	__u32 mm;
	__u32 pid;
	__u32 dev;
	__u64 ino;
	__u64 start;
	__u64 end;
	__u64 vm_flags;
	char name[ROW_NAME_MAX];
};

/**
 * struct areas - areas of all address spaces; if zeroed, there are no areas
 * @tree: all areas that were not absorbed by another area
 * @all: all areas, newest first
 * @last: the area of the last fault
 * @count: number of areas in @all
 */
struct areas {
	void *tree;
	struct area *all;
	struct area *last;
	size_t count;
};

/*
 * Return the area that contains the VMA of a fault. If necessary, extend or
 * create the area. Return NULL if there is no memory.
 */
struct area *areas_fault(struct areas *areas, const struct fault_event *fault,
			 const struct space *space);

/* Return the area that has absorbed @area, or @area itself. */
struct area *area_whole(struct area *area);

/* Return an area that overlaps @like in the same address space and file, or NULL. */
struct area *areas_find(const struct areas *areas, const struct area *like);

void areas_free(struct areas *areas);

#endif /* _AREA_H */
