// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge: .huge_fault maps 2 MiB with one entry, one level up, by
 * vmf_insert_pfn_pmd().
 *
 * Use it when: large pieces of contiguous memory are mapped and walked through:
 * 512 times fewer faults, no page table, less pressure on the TLB. Address and
 * offset have to agree modulo 2 MiB, for which mmap() asks the device's own
 * get_unmapped_area.
 * It costs: contiguous blocks, of which some are wasted by who touches little;
 * where none is to be had, at the borders of a mapping, and on kernels that don't
 * call .huge_fault for devices (some before 6.8, so 6.1, and all without
 * CONFIG_TRANSPARENT_HUGEPAGE), .fault maps the same memory page by page. The
 * counter huge_faults tells. The VMA is VM_PFNMAP, with the limits of "pfn";
 * changing a part of an entry splits it into none, so that the next touch faults
 * again.
 */
#include "common.h"
#include "compat/folio.h"
#include "compat/huge.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/mm.h>

/* Does the mapping show the whole block, at an address that an entry can map? */
static bool huge_fits(const struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long start = vmf->address & PMD_MASK;

	return start >= vma->vm_start && start + PMD_SIZE <= vma->vm_end &&
	       IS_ALIGNED((vmf->address >> PAGE_SHIFT) - vmf->pgoff,
			  1UL << HUGE_ORDER);
}

/*
 * One entry would also map a poisoned page: such a block is mapped page by page.
 * A table may have got there first: it stays, and is filled. So may a block that
 * is no more in the region: it is about to be unmapped, and the access is tried
 * again. Nothing else gets there any more: see pfn_insert().
 */
static vm_fault_t huge_map(struct vm_fault *vmf, struct page *page)
{
	struct region *region = vmf->vma->vm_private_data;
	pmd_t pmd = READ_ONCE(*vmf->pmd);
	struct page *head = folio_page(page_folio(page), 0);
	vm_fault_t ret;

	if (folio_order(page_folio(page)) != HUGE_ORDER ||
	    (!pmd_none(pmd) && !pmd_trans_huge(pmd)) ||
	    !mmapdemo_pages_sound(head, 1UL << HUGE_ORDER))
		return VM_FAULT_FALLBACK;
	if (!pmd_none(pmd) && pmd_pfn(pmd) != page_to_pfn(head))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn_pmd(vmf, page_to_pfn(head),
				 vmf->flags & FAULT_FLAG_WRITE);
	if (ret == VM_FAULT_NOPAGE)
		mmapdemo_region_add(region, REGION_HUGE, 1);
	return ret;
}

static vm_fault_t mmapdemo_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct region *region = vmf->vma->vm_private_data;
	struct page *page;
	vm_fault_t ret;

	if (order != HUGE_ORDER || !huge_fits(vmf) ||
	    !plans_none(&region->plans))
		return VM_FAULT_FALLBACK;
	page = mmapdemo_pages_lock(region, vmf->pgoff);
	if (IS_ERR(page))
		return VM_FAULT_FALLBACK;	/* which says what is wrong */
	ret = huge_map(vmf, page);
	mmapdemo_pages_unlock(page);
	return ret == VM_FAULT_NOPAGE ? mmapdemo_method_count(vmf, ret) : ret;
}

HUGE_FAULT_HOOKS(mmapdemo_huge_fault)

static int huge_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_PFNMAP_BIT);
	return mmapdemo_method_shared(desc);
}

static const struct vm_operations_struct mmapdemo_huge_vm_ops = {
	.fault	= mmapdemo_method_fault_pfn,
	HUGE_FAULT_HOOK(mmapdemo_huge_fault)
	.access	= mmapdemo_region_access,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_huge = {
	.name		= "huge",
	.vm_ops		= &mmapdemo_huge_vm_ops,
	.order		= IS_ENABLED(CONFIG_XARRAY_MULTI) ? HUGE_ORDER : 0,
	.planned	= true,
	.prepare	= huge_prepare,
};
