// SPDX-License-Identifier: GPL-2.0-only
/*
 * around: .map_pages maps the pages beside the one that was read, if they are
 * there, so that they need no fault of their own.
 *
 * Use it when: many pages are resident that a new mapping will walk through: a
 * second process, a mapping that is made again. How far around is the kernel's
 * choice, fault_around_bytes, 64 KiB; it asks for reads only. Also, a driver
 * with .map_pages is called with the VMA's lock alone, where there is one: one
 * attempt for each fault instead of two, and no mmap_lock.
 * It costs: entries that may never be used. Pages that nobody touched are left
 * to .fault, so the first walk through a region gains nothing. The VMA is
 * VM_MIXEDMAP, as it has to be for vm_insert_page(): see "insert".
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/mmap.h"
#include "method.h"
#include "pages.h"
#include "region.h"

#include <linux/mm.h>

/* Maps the page at an offset if it is there and at once to be had. */
static bool around_map(struct vm_fault *vmf, pgoff_t pgoff)
{
	struct vm_area_struct *vma = vmf->vma;
	struct region *region = vma->vm_private_data;
	struct page *page = mmapdemo_pages_get(region, pgoff);
	unsigned long address;
	int ret;

	if (!page || !mmapdemo_pages_trylock(region, pgoff, page))
		return false;
	address = vma->vm_start + ((pgoff - vma->vm_pgoff) << PAGE_SHIFT);
	ret = vm_insert_page(vma, address, page);
	mmapdemo_pages_unlock(page);
	if (!ret && pgoff != vmf->pgoff)
		mmapdemo_region_add(region, REGION_AROUND, 1);
	return !ret;
}

/*
 * The page that was touched comes first: where it isn't there yet .fault will be
 * called anyway. While there are plans it always is.
 */
static vm_fault_t mmapdemo_around_map_pages(struct vm_fault *vmf, pgoff_t first,
					    pgoff_t last)
	__must_hold(RCU)
{
	struct region *region = vmf->vma->vm_private_data;
	bool mapped;
	pgoff_t pgoff;

	if (!plans_none(&region->plans))
		return 0;
	map_pages_may_sleep();
	mapped = around_map(vmf, vmf->pgoff);
	for (pgoff = first; pgoff <= last; pgoff++)
		if (pgoff != vmf->pgoff)
			around_map(vmf, pgoff);
	map_pages_slept();
	if (!mapped)
		return 0;
	return mmapdemo_method_count(vmf, VM_FAULT_NOPAGE);
}

MAP_PAGES_HOOKS(mmapdemo_around_map_pages)

static int around_prepare(struct region *region, struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT);
	return 0;
}

static const struct vm_operations_struct mmapdemo_around_vm_ops = {
	.fault	= mmapdemo_method_fault,
	MAP_PAGES_HOOK(mmapdemo_around_map_pages)
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_around = {
	.name		= "around",
	.vm_ops		= &mmapdemo_around_vm_ops,
	.planned	= true,
	.prepare	= around_prepare,
};
