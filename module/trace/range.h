/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A range of an address space, before and after the range is mapped or changed.
 * The events vma_merge and vma_link report such ranges.
 */
#ifndef _MMAPDEMO_RANGE_H
#define _MMAPDEMO_RANGE_H

#include "trace/records.h"
#include "trace/verdict.h"

struct file;
struct mm_struct;
struct vm_area_struct;

/**
 * struct vma_range - a range and its neighbours, before the change
 * @mm: the address space; its mmap_lock is held for writing all the time
 * @file: the file that is passed to mmap(), or NULL
 * @below: true if a VMA lies below the range; known only for mmap()
 * @map_count: number of VMAs in the address space before the change
 * @span: the range
 * @prev: the VMA that contained the address just below the range; all 0 if
 *	there was no such VMA
 * @next: the VMA that contained the end address of the range; all 0 if there
 *	was no such VMA
 * @verdict: the properties of the range and its neighbours that are compared
 */
struct vma_range {
	struct mm_struct *mm;
	const struct file *file;
	bool below;
	u32 map_count;
	struct span span;
	struct span prev;
	struct span next;
	struct verdict_case verdict;
};

struct vm_area_struct *mmapdemo_vma_at(struct mm_struct *mm,
				       unsigned long addr);
const struct vm_area_struct *mmapdemo_vma_before(struct mm_struct *mm,
						 unsigned long start);
u64 mmapdemo_range_caller(struct mm_struct *mm, const struct trigger *trigger);

void mmapdemo_range_before(struct vma_range *range, struct mm_struct *mm,
			   u32 cause, struct span span,
			   const struct verdict_vma *want);
void mmapdemo_range_not_tried(struct vma_range *range, int side);

u32 mmapdemo_range_outcome(const struct vma_range *range,
			   const struct vm_area_struct *vma);
void mmapdemo_range_merge(struct vma_range *range,
			  const struct vm_area_struct *result, u32 outcome,
			  int ret);
void mmapdemo_range_after(struct vma_range *range);
void mmapdemo_range_link(const struct vm_area_struct *vma, u32 cause);

#endif /* _MMAPDEMO_RANGE_H */
