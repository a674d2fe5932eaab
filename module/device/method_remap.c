// SPDX-License-Identifier: GPL-2.0-only
/*
 * remap: mmap() maps a whole contiguous block with remap_pfn_range(), the usual
 * way to map device registers and device memory.
 *
 * Use it when: the memory exists permanently and in one piece. The driver can
 * choose the memory type: write-combining for a frame buffer, uncached for
 * registers. All mappings of a frame, including the kernel's own mapping of
 * RAM, must have the same memory type, so set_memory_wc() changes the kernel's
 * mapping first. Device memory has a kernel mapping only if ioremap() created
 * one.
 * It costs: a contiguous block, but no faults. The method has the same limits
 * as the method "pfn". In addition, mremap() cannot grow the mapping, and no
 * page can be removed from the region.
 */
#include "common.h"
#include "compat/folio.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"
#include "memtype.h"
#include "mmapdemo.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#define REMAP_GFP (GFP_USER | __GFP_ZERO | __GFP_NOWARN)

/* If the memory cgroup has no room, fail instead of calling the OOM killer. */
#define CHARGE_GFP (GFP_USER | __GFP_NORETRY)

/* Size of the largest block of the page allocator, in the usual configuration. */
#define REMAP_MAX SZ_4M

/*
 * Allocate the block in one piece, and add it as single pages. If the memory
 * type can't be set, some pages may already have the new type. remap_release()
 * restores the type of these pages.
 */
static int remap_reserve(struct region *region)
{
	pgoff_t pages = region_end(region), i;
	struct page *page;
	void *block;
	int ret;

	if (region->size > REMAP_MAX)
		return -EFBIG;
	block = alloc_pages_exact(region->size, REMAP_GFP);
	if (!block)
		return -ENOMEM;
	page = virt_to_page(block);
	for (i = 0; i < pages; i++) {
		ret = mmapdemo_pages_add(region, i, page_folio(page + i),
					 CHARGE_GFP);
		if (ret)
			goto err_free_rest;
		put_page(page + i);	/* the region has its own reference */
	}
	return mmapdemo_memtype_set(block, pages, region->flags);

err_free_rest:
	for (; i < pages; i++)
		put_page(page + i);
	return ret;
}

/* Keep the pages forever, because their memory type is not write-back. */
static void remap_keep(struct page *page, pgoff_t pages)
{
	pr_warn("%lu pages will never be freed, because their memory type can't be restored\n",
		pages);
	while (pages--)
		get_page(page++);
}

/*
 * Restore the memory type of the block before its pages are freed. If the region
 * lacks its last page, remap_reserve() failed before it changed the memory type.
 */
static void remap_release(struct region *region)
{
	pgoff_t pages = region_end(region);
	struct page *last = mmapdemo_pages_get(region, pages - 1), *first;

	if (!last)
		return;
	first = last - (pages - 1);
	if (mmapdemo_memtype_reset(page_address(first), pages, region->flags))
		remap_keep(first, pages);
	put_page(last);
}

static int remap_prepare(struct region *region, struct vm_area_desc *desc)
{
	struct page *page;
	int ret;

	ret = mmapdemo_method_shared(desc) ?:
	      mmapdemo_method_inside(region, desc);
	if (ret)
		return ret;
	desc->page_prot = mmapdemo_memtype_prot(desc->page_prot, region->flags);
	page = mmapdemo_pages_get(region, desc->pgoff);
	if (mmapdemo_pages_sound(page, vma_desc_pages(desc)))
		mmap_action_remap_full(desc, page_to_pfn(page));
	else
		ret = -EHWPOISON;
	put_page(page);
	return ret;
}

static const struct vm_operations_struct mmapdemo_remap_vm_ops = {
	.access	= mmapdemo_region_access,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_remap = {
	.name		= "remap",
	.vm_ops		= &mmapdemo_remap_vm_ops,
	.flags		= MMAPDEMO_REGION_WRITE_COMBINING |
			  MMAPDEMO_REGION_UNCACHED,
	.fixed		= true,
	.reserve	= remap_reserve,
	.release	= remap_release,
	.prepare	= remap_prepare,
};
