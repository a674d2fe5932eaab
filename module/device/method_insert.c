// SPDX-License-Identifier: GPL-2.0-only
/*
 * insert: .fault itself maps the page, with vmf_insert_page().
 *
 * Use it when: a driver has to map the page before .fault returns, for example
 * because the driver holds a lock, or has to map several pages at once
 * (vm_insert_pages()). The page table entry is that of an ordinary page: the
 * entry has a reference on the page, and the page counts in RSS. So O_DIRECT
 * and ptrace work as with the method "page".
 * It costs: one fault per page. mmap() has to set VM_MIXEDMAP, because a fault
 * may not change the flags of a VMA. A VMA with VM_MIXEDMAP is never merged,
 * and fork copies its page table. In a private mapping, a page that is first
 * touched by a store faults twice: the first fault inserts the original, mapped
 * read-only.
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"

#include <linux/mm.h>

static vm_fault_t mmapdemo_insert_fault(struct vm_fault *vmf)
{
	struct page *page;
	vm_fault_t ret = mmapdemo_method_lock(vmf, &page);

	if (ret)
		return ret;
	/*
	 * vmf_insert_page() may allocate a page table with the folio locked,
	 * which is safe: see pages.c.
	 */
	ret = vmf_insert_page(vmf->vma, vmf->address, page);
	mmapdemo_pages_unlock(page);
	return mmapdemo_method_count(vmf, ret);
}

static int insert_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT);
	return 0;
}

static const struct vm_operations_struct mmapdemo_insert_vm_ops = {
	.fault	= mmapdemo_insert_fault,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_insert = {
	.name		= "insert",
	.vm_ops		= &mmapdemo_insert_vm_ops,
	.planned	= true,
	.prepare	= insert_prepare,
};
