/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults in the VMAs of one address space, counted as they happen. */
#ifndef _VMA_FAULTS_H
#define _VMA_FAULTS_H

#include "inspect/load.h"
#include "system/smaps.h"

/**
 * struct vma_faults_row - faults in a VMA, with the range and the file of the
 * VMA at the time of the faults
 * @start: address of the first byte of the VMA
 * @end: address after the last byte of the VMA
 * @low: lowest address with a fault
 * @high: highest address with a fault
 * @offset: file offset of @start
 * @ino: inode number of the file; for anonymous memory, @ino and @dev are 0
 * @dev: device of the file
 * @loads: the faults
 */
struct vma_faults_row {
	__u64 start;
	__u64 end;
	__u64 low;
	__u64 high;
	__u64 offset;
	__u64 ino;
	__u32 dev;
	struct fault_loads loads;
};

/**
 * struct vma_faults - faults in an address space; a zeroed structure has no
 * faults
 * @mm: id of the address space in the events; 0 before the first fault
 * @rows: the rows, sorted by @start; a VMA may have several rows
 * @count: number of entries in @rows
 * @room: capacity of @rows
 * @gone: faults at addresses that have been unmapped
 */
struct vma_faults {
	__u32 mm;
	struct vma_faults_row *rows;
	size_t count;
	size_t room;
	struct fault_loads gone;
};

/*
 * Take a fault or an unmapping into account. Ignore all other events. @own is
 * set if the task of the event belongs to the watched process. Return 0 or
 * -ENOMEM.
 */
int vma_faults_event(struct vma_faults *faults, const struct event *event,
		     bool own);

/* End the current interval. */
void vma_faults_turn(struct vma_faults *faults);

/*
 * Set @loads[i] to the faults in @vmas->list[i]. Set @loads[@vmas->count] to the
 * faults that are in no current VMA.
 */
void vma_faults_place(const struct vma_faults *faults, const struct vmas *vmas,
		      struct fault_loads *loads);

void vma_faults_free(struct vma_faults *faults);

#endif /* _VMA_FAULTS_H */
