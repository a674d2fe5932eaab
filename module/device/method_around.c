// SPDX-License-Identifier: GPL-2.0-only
/*
 * around: .fault also maps the pages next to the one that was touched, if they are
 * there, so that they need no fault of their own.
 *
 * Use it when: many pages are resident that a new mapping will walk through: a
 * second process, a mapping that is made again. vm_insert_pages() maps them, for
 * loads and for stores to a shared mapping.
 * It costs: entries that may never be used. Pages that nobody touched are left
 * for later, so the first walk through a region gains nothing. The VMA is
 * VM_MIXEDMAP, as it has to be for vm_insert_pages(): see "insert".
 *
 * The kernel's own way to ask for neighbours is .map_pages, for loads only. It is
 * called under rcu_read_lock() and must not sleep [Documentation/filesystems/
 * locking.rst]. That is made for the page cache, whose filemap_map_pages() fills
 * the page table that the kernel preallocated. Of what a module may call, all that
 * maps a page allocates the page table if there is none, and sleeps. To look for the
 * table first is not enough: MADV_DONTNEED in another thread frees an empty one
 * under no more than the lock of the VMA that the fault has, too [zap_pte_range()
 * with CONFIG_PT_RECLAIM]. So the pages are mapped in .fault.
 *
 * .map_pages is there all the same, and maps nothing. A driver that has it is called
 * with the VMA's lock alone, where there is one [vmf_can_call_fault()]: one attempt
 * for each fault instead of two, and no mmap_lock.
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/kernel.h>
#include <linux/mm.h>

/* Pages, as many as .map_pages is asked for by default. */
#define AROUND 16

/*
 * Maps pages that follow each other, but where there is an entry already.
 * Returns whether the one that was touched is among them.
 */
static bool around_insert(struct vm_fault *vmf, pgoff_t pgoff,
			  struct page **pages, unsigned long count)
{
	struct vm_area_struct *vma = vmf->vma;
	bool here, touched = false;
	int ret = -EBUSY;

	while (count && ret == -EBUSY) {
		unsigned long left = count, mapped;

		ret = vm_insert_pages(vma, vma->vm_start +
				      ((pgoff - vma->vm_pgoff) << PAGE_SHIFT),
				      pages, &left);
		mapped = count - left;
		here = vmf->pgoff - pgoff < mapped;
		mmapdemo_region_add(vma->vm_private_data, REGION_AROUND,
				    mapped - here);
		touched |= here;
		/* And behind the one that stopped it. */
		mapped += !!left;
		pgoff += mapped;
		pages += mapped;
		count -= mapped;
	}
	return touched;
}

/* Maps what is there of a range; was the page that was touched among it? */
static bool around_map(struct vm_fault *vmf, pgoff_t first, pgoff_t last)
{
	struct region *region = vmf->vma->vm_private_data;
	struct page *pages[AROUND];
	unsigned long count, i;
	bool touched = false;

	for (; first <= last; first += count) {
		count = mmapdemo_pages_trylock(region, &first, last, pages,
					       AROUND);
		if (!count)
			break;
		touched |= around_insert(vmf, first, pages, count);
		for (i = 0; i < count; i++)
			mmapdemo_pages_unlock(pages[i]);
	}
	return touched;
}

/* The mapping's part of the AROUND pages, aligned, that one page table has. */
static bool around_map_neighbours(struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long start = ALIGN_DOWN(vmf->address, AROUND * PAGE_SIZE);
	unsigned long end = start + AROUND * PAGE_SIZE;
	pgoff_t at_zero = vmf->pgoff - (vmf->address >> PAGE_SHIFT);

	start = max(start, vma->vm_start);
	end = min(end, vma->vm_end);
	return around_map(vmf, at_zero + (start >> PAGE_SHIFT),
			  at_zero + (end >> PAGE_SHIFT) - 1);
}

/*
 * Where the page that was touched isn't there yet, a first walk would look for
 * neighbours in vain again and again. A plan is for each page alone. A private page
 * that is stored to is copied from what .fault returns.
 */
static bool around_wanted(const struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;

	return plans_none(&region->plans) &&
	       xa_load(&region->pages, vmf->pgoff) &&
	       (!(vmf->flags & FAULT_FLAG_WRITE) ||
		vmf->vma->vm_flags & VM_SHARED);
}

static vm_fault_t mmapdemo_around_fault(struct vm_fault *vmf)
{
	if (around_wanted(vmf) && around_map_neighbours(vmf))
		return mmapdemo_method_count(vmf, VM_FAULT_NOPAGE);
	return mmapdemo_method_fault(vmf);
}

/* Under rcu_read_lock(): see above. */
static vm_fault_t mmapdemo_around_map_pages(struct vm_fault *vmf, pgoff_t first,
					    pgoff_t last)
{
	return 0;
}

MAP_PAGES_HOOKS(mmapdemo_around_map_pages)

static int around_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT);
	return 0;
}

static const struct vm_operations_struct mmapdemo_around_vm_ops = {
	.fault	= mmapdemo_around_fault,
	MAP_PAGES_HOOK(mmapdemo_around_map_pages)
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_around = {
	.name		= "around",
	.vm_ops		= &mmapdemo_around_vm_ops,
	.planned	= true,
	.prepare	= around_prepare,
};
