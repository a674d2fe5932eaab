/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings as they grow. A heap or an arena has another VMA after each brk() or
 * mprotect(): all VMAs of the same memory that overlap are one area.
 */
#ifndef _AREA_H
#define _AREA_H

#include "base/stats.h"
#include "event/world.h"

/**
 * struct area - a mapping, with all that it ever was
 * @next: in the list of all
 * @into: the area that it became a part of, NULL: it is one
 * @id: counts from 0
 * @space: number of its address space
 * @mm: id of its address space
 * @dev: of the file
 * @ino: of the file, 0: anonymous memory
 * @start: first byte
 * @end: after the last byte
 * @vm_flags: VM_*, of its last fault
 * @name: of the file, or what anonymous memory is called
 */
struct area {
	struct area *next;
	struct area *into;
	size_t id;
	__u32 space;
	__u32 mm;
	__u32 dev;
	__u64 ino;
	__u64 start;
	__u64 end;
	__u64 vm_flags;
	char name[ROW_NAME_MAX];
};

/**
 * struct areas - of all address spaces; all 0: none
 * @tree: those that are part of no other
 * @all: every one, the newest first
 * @last: that of the last fault
 * @count: of @all
 */
struct areas {
	void *tree;
	struct area *all;
	struct area *last;
	size_t count;
};

/* The area of a fault, which grows to hold the fault's VMA. NULL: no memory. */
struct area *areas_fault(struct areas *areas, const struct fault_event *fault,
			 const struct space *space);

/* The area that @area is a part of now. */
struct area *area_whole(struct area *area);

/* An area of the same memory as @like that overlaps its range, or NULL. */
struct area *areas_find(const struct areas *areas, const struct area *like);

void areas_free(struct areas *areas);

#endif /* _AREA_H */
