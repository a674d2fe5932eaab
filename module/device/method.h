/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways a driver can map its pages, and what they have in common. */
#ifndef _MMAPDEMO_METHOD_H
#define _MMAPDEMO_METHOD_H

#include "device/region.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * struct method - one way
 * @name: as in MMAPDEMO_BYS
 * @vm_ops: of its mappings
 * @order: of the blocks it likes its memory to be of; sizes are multiples
 * @flags: MMAPDEMO_REGION_* that it understands
 * @fixed: a region is never resized, and has all of its pages from the start
 * @planned: there are faults that could be answered otherwise
 * @reserve: allocates them
 * @release: undoes what freeing the pages doesn't. Also after @reserve failed
 * @prepare: what there is to say of a mapping beside @vm_ops, or why not; may be
 *	called for one that then fails otherwise, or is merged with a neighbour
 */
struct method {
	const char *name;
	const struct vm_operations_struct *vm_ops;
	unsigned int order;
	u32 flags;
	bool fixed;
	bool planned;
	int (*reserve)(struct region *region);
	void (*release)(struct region *region);
	int (*prepare)(struct region *region, struct vm_area_desc *desc);
};

extern const struct method mmapdemo_method_page;
extern const struct method mmapdemo_method_insert;
extern const struct method mmapdemo_method_pfn;
extern const struct method mmapdemo_method_remap;
extern const struct method mmapdemo_method_around;
extern const struct method mmapdemo_method_huge;
extern const struct method mmapdemo_method_prepare;

const struct method *mmapdemo_method_of(u32 number);
u32 mmapdemo_method_number(const struct method *method);

int mmapdemo_method_mmap(struct region *region, struct vm_area_desc *desc);
int mmapdemo_method_mapped(unsigned long start, unsigned long end,
			   pgoff_t pgoff, const struct file *file,
			   void **private_data);

/* fault.c */
vm_fault_t mmapdemo_method_planned(struct vm_fault *vmf);
vm_fault_t mmapdemo_method_lock(struct vm_fault *vmf, struct page **page);
vm_fault_t mmapdemo_method_count(struct vm_fault *vmf, vm_fault_t ret);

/* method_page.c, method_pfn.c: also of other methods */
vm_fault_t mmapdemo_method_fault(struct vm_fault *vmf);
vm_fault_t mmapdemo_method_fault_pfn(struct vm_fault *vmf);

/**
 * mmapdemo_method_shared - refuse private mappings, of frames
 * @desc: the mapping to be
 *
 * The kernel copies pages that are written to privately, and knows of no page
 * where there is only a frame number. It would stop with a BUG().
 *
 * Return: 0 or -EINVAL.
 */
static inline int mmapdemo_method_shared(struct vm_area_desc *desc)
{
	return vma_desc_is_cow_mapping(desc) ? -EINVAL : 0;
}

/**
 * mmapdemo_method_inside - refuse mappings past the end
 * @region: the region
 * @desc: the mapping to be
 *
 * For what is mapped at once: there is no fault that could be answered later.
 *
 * Return: 0 or -ENXIO.
 */
static inline int mmapdemo_method_inside(struct region *region,
					 struct vm_area_desc *desc)
{
	pgoff_t end = region_end(region);

	return desc->pgoff < end && vma_desc_pages(desc) <= end - desc->pgoff ?
	       0 : -ENXIO;
}

#endif /* _MMAPDEMO_METHOD_H */
