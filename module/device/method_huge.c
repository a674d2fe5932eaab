// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge: .huge_fault maps 2 MiB with one PMD, by vmf_insert_pfn_pmd().
 *
 * Use it when: programs walk through large pieces of contiguous memory. There
 * are 512 times fewer faults, fewer TLB misses, and no page tables below the
 * PMD. Address and offset have to agree modulo 2 MiB, so the device has
 * .get_unmapped_area.
 * It costs: contiguous blocks, of which most is wasted if a program touches
 * only a few pages. .fault maps single pages if no block can be allocated, at
 * the borders of a mapping, and on kernels that do not call .huge_fault for
 * devices (some before 6.8, including 6.1). The page cache can't hold blocks
 * before 5.19 or without CONFIG_TRANSPARENT_HUGEPAGE, so on such kernels the
 * region has single pages. The counter huge_faults shows how many faults mapped
 * a block. The VMA has the flags and limits of the method "pfn". If a change
 * affects only a part of a huge entry, mm clears the whole entry, so the next
 * touch faults again.
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/folio.h"
#include "compat/huge.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/mm.h>

/* Return true if the VMA contains the whole block, and the block is aligned for a PMD. */
static bool huge_fits(const struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long start = vmf->address & PMD_MASK;

	return start >= vma->vm_start && start + PMD_SIZE <= vma->vm_end &&
	       IS_ALIGNED((vmf->address >> PAGE_SHIFT) - vmf->pgoff,
			  1UL << HUGE_ORDER);
}

/*
 * Map the whole block. If there is no block at this offset, if a page of the
 * block is poisoned, or if the PMD already points to a page table, return
 * VM_FAULT_FALLBACK, so that .fault maps single pages. A PMD that is already
 * huge maps this block. While the folio is locked, no other fault can fill the
 * PMD: see pfn_insert(). The function may allocate a page table with the folio
 * locked, which is safe: see pages.c.
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
	page = mmapdemo_pages_lock_frame(region, vmf->pgoff, fault_no_wait(vmf));
	if (IS_ERR(page))
		return VM_FAULT_FALLBACK;	/* .fault will report the error */
	ret = huge_map(vmf, page);
	mmapdemo_pages_unlock_frame(region, page);
	return ret == VM_FAULT_NOPAGE ? mmapdemo_method_count(vmf, ret) : ret;
}

HUGE_FAULT_HOOKS(mmapdemo_huge_fault)

static int huge_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_PFNMAP_BIT, VMA_DONTEXPAND_BIT,
			   VMA_DONTDUMP_BIT);
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
	.order		= HUGE_ORDER,
	.planned	= true,
	.prepare	= huge_prepare,
};
