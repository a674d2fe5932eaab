// SPDX-License-Identifier: GPL-2.0-only
/*
 * pfn: .fault maps a page frame by its number, with vmf_insert_pfn(), in a
 * VM_PFNMAP VMA.
 *
 * Use it when: there is no struct page, as for device memory, or the kernel
 * must not use the struct page. The PTE is marked special, so the kernel takes
 * no reference on the page, does not count the page in RSS, and does not copy
 * the page.
 * It costs: one fault per page, and nothing that needs a struct page works.
 * O_DIRECT fails with EFAULT. MAP_PRIVATE and MADV_DONTNEED are refused. smaps,
 * pagemap and core dumps omit the memory. ptrace needs .access. fork copies the
 * page table. The driver itself has to ensure that no frame is freed while the
 * frame is mapped: see pages.c.
 *
 * Like remap_pfn_range() and DRM [drm_gem_mmap_obj()], mmap() also sets
 * VM_DONTEXPAND and VM_DONTDUMP. VM_DONTEXPAND is set because mremap() must not
 * extend a mapping over frames that are not the driver's. VM_DONTDUMP is set
 * because reading a device for a core dump may have side effects.
 * remap_pfn_range() and DRM also set VM_IO, which is for device registers.
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/mm.h>

/*
 * Map the page, unless the PMD is huge. After the method "huge" fell back to
 * single pages, another fault may have mapped the whole block by the PMD. If
 * the PMD is huge, the page is already mapped, and vmf_insert_pfn() must not be
 * called, because vmf_insert_pfn() expects a page table. While the folio is
 * locked, no fault can make the PMD huge, because mapping the block takes the
 * same lock. This function may allocate a page table with the folio locked,
 * which is safe: see pages.c.
 */
static vm_fault_t pfn_insert(struct vm_fault *vmf, struct page *page)
{
	if (unlikely(pmd_trans_huge(READ_ONCE(*vmf->pmd))))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
}

/**
 * mmapdemo_method_fault_pfn - map the frame of the touched page
 * @vmf: the fault, in a VM_PFNMAP mapping
 *
 * Return: VM_FAULT_NOPAGE if the frame is mapped, or an error of
 * mmapdemo_method_lock_frame().
 */
vm_fault_t mmapdemo_method_fault_pfn(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	struct page *page;
	vm_fault_t ret = mmapdemo_method_lock_frame(vmf, &page);

	if (ret)
		return ret;
	ret = pfn_insert(vmf, page);
	mmapdemo_pages_unlock_frame(region, page);
	return mmapdemo_method_count(vmf, ret);
}

static int pfn_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_PFNMAP_BIT, VMA_DONTEXPAND_BIT,
			   VMA_DONTDUMP_BIT);
	return mmapdemo_method_shared(desc);
}

static const struct vm_operations_struct mmapdemo_pfn_vm_ops = {
	.fault	= mmapdemo_method_fault_pfn,
	.access	= mmapdemo_region_access,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_pfn = {
	.name		= "pfn",
	.vm_ops		= &mmapdemo_pfn_vm_ops,
	.planned	= true,
	.prepare	= pfn_prepare,
};
