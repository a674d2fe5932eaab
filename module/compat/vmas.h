/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's iterator of VMAs on older kernels. The caller holds mmap_lock. */
#ifndef _MMAPDEMO_COMPAT_VMAS_H
#define _MMAPDEMO_COMPAT_VMAS_H

#include <linux/mm.h>

/*
 * Linux 6.1, commit f39af05949a4 ("mm: add VMA iterator"), added the iterator.
 * Before 6.1, the VMAs of an address space are a linked list.
 */
#ifndef VMA_ITERATOR

struct vma_iterator {
	struct mm_struct *mm;
	struct vm_area_struct *last;
	unsigned long start;
};

#define VMA_ITERATOR(name, space, address)				\
	struct vma_iterator name = { .mm = (space), .start = (address) }

#define for_each_vma(iterator, vma)					\
	while (((vma) = vma_next(&(iterator))) != NULL)

static inline struct vm_area_struct *vma_next(struct vma_iterator *iterator)
{
	struct vm_area_struct *last = iterator->last;

	return iterator->last = last ? last->vm_next :
				       find_vma(iterator->mm, iterator->start);
}

#endif

#endif /* _MMAPDEMO_COMPAT_VMAS_H */
