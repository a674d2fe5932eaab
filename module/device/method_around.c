// SPDX-License-Identifier: GPL-2.0-only
/*
 * around: .fault also maps existing pages around the touched page, so that a
 * touch of these pages does not fault.
 *
 * Use it when: programs make new mappings of pages that mostly exist already,
 * and walk through these mappings. vm_insert_pages() maps the pages for loads,
 * and for stores to a shared mapping.
 * It costs: page table entries that may never be used. Pages that do not exist
 * yet are not mapped, so the first walk through a region gains nothing. The VMA
 * has the flag VM_MIXEDMAP, which vm_insert_pages() requires: see the method
 * "insert".
 *
 * The kernel's own operation for fault-around is .map_pages, which the kernel
 * calls only for loads. The kernel calls .map_pages under rcu_read_lock(), so
 * .map_pages must not sleep [Documentation/filesystems/locking.rst]. .map_pages
 * was made for the page cache: filemap_map_pages() fills a page table that the
 * kernel preallocated. But every function by which a module can map a page may
 * allocate a missing page table, and so may sleep. Checking first that the page
 * table exists is not enough, because the fault holds only the per-VMA lock for
 * reading. MADV_DONTNEED in another thread holds the same lock for reading, and
 * can free an empty page table [zap_pte_range() with CONFIG_PT_RECLAIM]. So
 * .fault maps the pages.
 *
 * .map_pages is defined nevertheless, and maps nothing. If a driver has
 * .map_pages, a kernel with per-VMA locks calls .fault without mmap_lock, so
 * that each fault takes one attempt instead of two. A comment in
 * vmf_can_call_fault() gives the reason: "we know that all vm_ops that have a
 * ->map_pages have been audited and don't need the mmap_lock to be held". So a
 * driver with .map_pages claims that it was audited. This driver was audited
 * for these points:
 *
 * - A fault does not change the flags of its VMA. If the VMA lacks VM_MIXEDMAP,
 *   vm_insert_pages() sets this flag, and needs mmap_lock for writing. But
 *   mmap() has already set VM_MIXEDMAP.
 * - A fault reads only vm_flags, vm_start, vm_end and vm_pgoff of its VMA,
 *   which do not change while the per-VMA lock is held.
 * - Before a delay, release_fault_lock() releases the lock that is held, and
 *   the VMA is not used afterwards.
 * - Private copies are made by mm, with the anon_vma that mm has prepared.
 * - The VMA has a reference on the file, which keeps the region and the module
 *   in memory.
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

/* Number of pages to map at a fault: the kernel's default for fault-around. */
#define AROUND 16

/*
 * Map consecutive pages, but keep existing page table entries. Return true if
 * the touched page was mapped.
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
		/* Skip the existing entry at which vm_insert_pages() stopped. */
		mapped += !!left;
		pgoff += mapped;
		pages += mapped;
		count -= mapped;
	}
	return touched;
}

/*
 * Map the existing pages of a range, one group of consecutive pages after the
 * other. Return true if the touched page was mapped. The function may allocate
 * a page table with folios locked, which is safe: see pages.c.
 */
static bool around_map(struct vm_fault *vmf, pgoff_t first, unsigned long count)
{
	struct region *region = vmf->vma->vm_private_data;
	struct page *pages[AROUND];
	unsigned long i, run;
	bool touched = false;

	for (i = 0; i < count; i++)
		pages[i] = mmapdemo_pages_trylock(region, first + i);
	for (i = 0; i < count; i += run + 1) {
		for (run = 0; i + run < count && pages[i + run]; run++)
			;
		touched |= around_insert(vmf, first + i, pages + i, run);
	}
	for (i = 0; i < count; i++)
		if (pages[i])
			mmapdemo_pages_unlock(pages[i]);
	return touched;
}

/*
 * Map the aligned block of AROUND pages around the touched page, or the part of
 * this block that is inside the VMA.
 */
static bool around_map_neighbours(struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long start = ALIGN_DOWN(vmf->address, AROUND * PAGE_SIZE);
	unsigned long end = start + AROUND * PAGE_SIZE;
	pgoff_t at_zero = vmf->pgoff - (vmf->address >> PAGE_SHIFT);

	start = max(start, vma->vm_start);
	end = min(end, vma->vm_end);
	return around_map(vmf, at_zero + (start >> PAGE_SHIFT),
			  (end - start) >> PAGE_SHIFT);
}

/*
 * Return true if the fault should also map neighbouring pages. Return false
 * - if the touched page does not exist yet: the first walk through a region
 *   would search for neighbours at every page, and find none;
 * - while there are plans, which apply to the faults of single pages;
 * - for a store to a private mapping: .fault must return the page, so that the
 *   kernel can copy the page.
 */
static bool around_wanted(const struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	loff_t pos = (loff_t)vmf->pgoff << PAGE_SHIFT;

	return plans_none(&region->plans) &&
	       filemap_range_has_page(region->mapping, pos, pos) &&
	       (!(vmf->flags & FAULT_FLAG_WRITE) ||
		vmf->vma->vm_flags & VM_SHARED);
}

static vm_fault_t mmapdemo_around_fault(struct vm_fault *vmf)
{
	if (around_wanted(vmf) && around_map_neighbours(vmf))
		return mmapdemo_method_count(vmf, VM_FAULT_NOPAGE);
	return mmapdemo_method_fault(vmf);
}

/* The kernel calls this function under rcu_read_lock(): see the top of this file. */
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
	.map_pages = MAP_PAGES(mmapdemo_around_map_pages),
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_around = {
	.name		= "around",
	.vm_ops		= &mmapdemo_around_vm_ops,
	.planned	= true,
	.prepare	= around_prepare,
};
