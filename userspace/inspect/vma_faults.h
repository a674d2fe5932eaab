/* SPDX-License-Identifier: GPL-2.0-only */
/* The faults in the VMAs of one address space, as they happen. */
#ifndef _VMA_FAULTS_H
#define _VMA_FAULTS_H

#include "inspect/load.h"
#include "system/smaps.h"

/**
 * struct vma_faults_row - faults of a VMA, as they found it
 * @start: its first byte
 * @end: behind its last byte
 * @low: the lowest address that was touched
 * @high: the highest
 * @offset: of @start in the file
 * @ino: of the file; 0, and @dev 0: anonymous memory
 * @dev: of the file
 * @loads: of the faults
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
 * struct vma_faults - all 0: nothing yet
 * @mm: the address space in the events, 0: not known before the first fault
 * @rows: sorted by @start; a VMA may have several
 * @count: of @rows
 * @room: of @rows
 * @gone: faults of VMAs that were unmapped since
 */
struct vma_faults {
	__u32 mm;
	struct vma_faults_row *rows;
	size_t count;
	size_t room;
	struct fault_loads gone;
};

/*
 * A fault, or that VMAs were unmapped; other events are nothing. @own: by a task
 * of the process, whose address space this is about. 0 or -ENOMEM.
 */
int vma_faults_event(struct vma_faults *faults, const struct event *event,
		     bool own);

/* An interval is over. */
void vma_faults_turn(struct vma_faults *faults);

/*
 * The faults of each of @vmas, as they are now, in @loads[0 … count - 1]. Those
 * in what is no part of one of them, or not certainly, are in @loads[count].
 */
void vma_faults_place(const struct vma_faults *faults, const struct vmas *vmas,
		      struct fault_loads *loads);

void vma_faults_free(struct vma_faults *faults);

#endif /* _VMA_FAULTS_H */
