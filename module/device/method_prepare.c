// SPDX-License-Identifier: GPL-2.0-only
/*
 * prepare: .mmap_prepare passes a list of pages to the kernel, and the kernel
 * maps all of these pages before mmap() returns, as vm_insert_pages() does.
 *
 * Use it when: all pages exist anyway, and all will be used, as in a ring
 * buffer. In new kernels, .mmap_prepare replaces .mmap. The driver sees only a
 * description of the VMA, never the VMA, so it cannot access the VMA too early
 * or too late. On kernels without .mmap_prepare, compat/mmap.h calls the same
 * function from .mmap.
 * It costs: time and memory at mmap() for each page, even if the page is never
 * touched, but no faults. The pages are ordinary pages, and .fault supplies
 * pages that MADV_DONTNEED dropped or that mremap() added to the mapping. The
 * VMA has the flag VM_MIXEDMAP: see the method "insert".
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

static int prepare_reserve(struct region *region)
{
	pgoff_t pages = region_end(region), i;
	struct page *page;

	region->all = kvmalloc_array(pages, sizeof(*region->all),
				     GFP_KERNEL_ACCOUNT);
	if (!region->all)
		return -ENOMEM;
	for (i = 0; i < pages; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = mmapdemo_pages_touch(region, i);
		if (IS_ERR(page))
			return PTR_ERR(page);
		region->all[i] = page;
		put_page(page);	/* the region has its own reference */
		cond_resched();
	}
	return 0;
}

static void prepare_release(struct region *region)
{
	kvfree(region->all);
}

static int prepare_prepare(struct region *region, struct vm_area_desc *desc)
{
	int ret = mmapdemo_method_inside(region, desc);
	unsigned long i;

	if (ret)
		return ret;
	for (i = 0; i < vma_desc_pages(desc); i++)
		if (PageHWPoison(region->all[desc->pgoff + i]))
			return -EHWPOISON;
	mmap_action_map_kernel_pages_full(desc, region->all + desc->pgoff);
	return 0;
}

static const struct vm_operations_struct mmapdemo_prepare_vm_ops = {
	.fault	= mmapdemo_method_fault,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_prepare = {
	.name		= "prepare",
	.vm_ops		= &mmapdemo_prepare_vm_ops,
	.fixed		= true,
	.planned	= true,
	.reserve	= prepare_reserve,
	.release	= prepare_release,
	.prepare	= prepare_prepare,
};
