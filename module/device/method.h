/* SPDX-License-Identifier: GPL-2.0-only */
/* The methods by which a driver can map its pages, and the code that they share. */
#ifndef _MMAPDEMO_METHOD_H
#define _MMAPDEMO_METHOD_H

#include "device/region.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * struct method - a method to map a region
 * @name: name of the method, as in MMAPDEMO_BYS
 * @vm_ops: operations of the VMAs that map a region by this method
 * @order: preferred order of memory blocks. The size of a region is a multiple of
 *	the block size
 * @flags: MMAPDEMO_REGION_* that the method supports
 * @fixed: true if a region has all of its pages from the start, and can't be
 *	resized
 * @planned: true if touches of a mapping can cause faults, whose results
 *	MMAPDEMO_IOC_PLAN sets
 * @reserve: allocates all pages of a region
 * @release: undoes @reserve before the pages are freed; is also called if
 *	@reserve failed
 * @prepare: completes the description of a mapping, or refuses the mapping with an
 *	error. After @prepare, the mapping may still fail for another reason, or be
 *	merged with a neighbour
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

/* functions in fault.c */
vm_fault_t mmapdemo_method_planned(struct vm_fault *vmf);
vm_fault_t mmapdemo_method_lock(struct vm_fault *vmf, struct page **page);
vm_fault_t mmapdemo_method_lock_frame(struct vm_fault *vmf, struct page **page);
vm_fault_t mmapdemo_method_count(struct vm_fault *vmf, vm_fault_t ret);

/* functions in method_page.c and method_pfn.c, which other methods use, too */
vm_fault_t mmapdemo_method_fault(struct vm_fault *vmf);
vm_fault_t mmapdemo_method_fault_pfn(struct vm_fault *vmf);

/**
 * mmapdemo_method_shared - refuse private mappings of page frames
 * @desc: the description of the new mapping
 *
 * On a store to a private mapping, the kernel copies the page. vmf_insert_pfn()
 * does not support such copies, and has a BUG_ON() for private mappings.
 * remap_pfn_range() can map a whole private VMA, but overwrites vm_pgoff with
 * the frame number, so the offset is lost.
 *
 * Return: 0 or -EINVAL.
 */
static inline int mmapdemo_method_shared(struct vm_area_desc *desc)
{
	return vma_desc_is_cow_mapping(desc) ? -EINVAL : 0;
}

/**
 * mmapdemo_method_inside - refuse mappings that reach past the end of the region
 * @region: the region
 * @desc: the description of the new mapping
 *
 * The methods that map all pages in mmap() use this function, because no later
 * fault can report the end of the region.
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
