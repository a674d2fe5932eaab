// SPDX-License-Identifier: GPL-2.0-only
/*
 * pfn: .fault maps a frame number, by vmf_insert_pfn(), into a VM_PFNMAP VMA.
 *
 * Use it when: there is no struct page, as for the memory of a device, or the
 * kernel is to keep its hands off it: the entry is marked special, so nobody
 * takes a reference on what it maps, counts it or copies it.
 * It costs: one fault per page, and all that goes by struct page: O_DIRECT gets
 * EFAULT, MAP_PRIVATE can't be had, MADV_DONTNEED neither, smaps, pagemap and a
 * core dump leave it out, and ptrace needs .access. fork copies the page table.
 * The driver alone has to take care that no frame is freed while it is mapped:
 * see pages.c.
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/mm.h>

/*
 * Where "huge" fell back, another fault may have mapped 2 MiB meanwhile: there is
 * no table then to put an entry into, and the kernel trusts that there is one.
 * With the page locked nobody can: the block has it locked too, or is no more in
 * the region, to be unmapped soon. The access is tried again.
 */
static vm_fault_t pfn_insert(struct vm_fault *vmf, struct page *page)
{
	if (unlikely(pmd_trans_huge(READ_ONCE(*vmf->pmd))))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
}

/**
 * mmapdemo_method_fault_pfn - map the frame of a first touch
 * @vmf: the fault, of a VM_PFNMAP mapping
 *
 * Return: VM_FAULT_NOPAGE: it is mapped; or as mmapdemo_method_lock().
 */
vm_fault_t mmapdemo_method_fault_pfn(struct vm_fault *vmf)
{
	struct page *page;
	vm_fault_t ret = mmapdemo_method_lock(vmf, &page);

	if (ret)
		return ret;
	ret = pfn_insert(vmf, page);
	mmapdemo_pages_unlock(page);
	return mmapdemo_method_count(vmf, ret);
}

static int pfn_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_PFNMAP_BIT);
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
