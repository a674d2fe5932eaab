// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ways to map a region have in common: mmap() hangs vm_ops into the
 * VMA, and a fault gets the page of its offset, locked.
 */
#include "common.h"
#include "compat/fault.h"
#include "device/method.h"
#include "mmapdemo.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>

static const struct method *const methods[] = {
	[MMAPDEMO_BY_PAGE] = &mmapdemo_method_page,
	[MMAPDEMO_BY_INSERT] = &mmapdemo_method_insert,
	[MMAPDEMO_BY_PFN] = &mmapdemo_method_pfn,
	[MMAPDEMO_BY_REMAP] = &mmapdemo_method_remap,
	[MMAPDEMO_BY_AROUND] = &mmapdemo_method_around,
	[MMAPDEMO_BY_HUGE] = &mmapdemo_method_huge,
	[MMAPDEMO_BY_PREPARE] = &mmapdemo_method_prepare,
};

static_assert(ARRAY_SIZE(methods) == MMAPDEMO_BY_COUNT);

/** mmapdemo_method_of - the method of an enum mmapdemo_by, or NULL */
const struct method *mmapdemo_method_of(u32 number)
{
	return number < ARRAY_SIZE(methods) ? methods[number] : NULL;
}

/** mmapdemo_method_number - the enum mmapdemo_by of a method */
u32 mmapdemo_method_number(const struct method *method)
{
	u32 number = 0;

	while (methods[number] != method)
		number++;
	return number;
}

/* ---- mmap() ---- */

/**
 * mmapdemo_method_mmap - say how a mapping is to be served
 * @region: kept alive by the file of the mapping
 * @desc: the mapping to be
 *
 * It may still fail, or be merged with a neighbour that is served likewise, so
 * nothing is done here that would have to be undone. Called with mmap_lock held
 * for writing.
 *
 * Return: 0, or what the method refuses it with.
 */
int mmapdemo_method_mmap(struct region *region, struct vm_area_desc *desc)
{
	const struct method *method = region->method;

	mmapdemo_region_add(region, REGION_MMAPS, 1);
	desc->private_data = region;
	desc->vm_ops = method->vm_ops;
	return method->prepare ? method->prepare(region, desc) : 0;
}

/* A new mapping is in the tree of VMAs. One that was merged is not told. */
int mmapdemo_method_mapped(unsigned long start, unsigned long end,
			   pgoff_t pgoff, const struct file *file,
			   void **private_data)
{
	mmapdemo_region_add(*private_data, REGION_MAPPINGS, 1);
	return 0;
}

/**
 * mmapdemo_method_shared - refuse private mappings, of frames
 * @desc: the mapping to be
 *
 * The kernel copies pages that are written to privately, and knows of no page
 * where there is only a frame number. It would stop with a BUG().
 *
 * Return: 0 or -EINVAL.
 */
int mmapdemo_method_shared(struct vm_area_desc *desc)
{
	return vma_desc_is_cow_mapping(desc) ? -EINVAL : 0;
}

/**
 * mmapdemo_method_inside - refuse mappings past the end
 * @region: the region
 * @desc: the mapping to be
 *
 * For what is mapped at once: there is no fault that could be answered later.
 *
 * Return: 0 or -ENXIO.
 */
int mmapdemo_method_inside(struct region *region, struct vm_area_desc *desc)
{
	pgoff_t end = region_end(region);

	return desc->pgoff < end && vma_desc_pages(desc) <= end - desc->pgoff ?
	       0 : -ENXIO;
}

/* ---- faults ---- */

/**
 * mmapdemo_method_unlock_mm - give back the lock of the address space, or of the VMA
 * @vmf: the fault, which did nothing yet; its VMA may be gone afterwards
 *
 * For who is going to wait, as maybe_unlock_mmap_for_io() does.
 *
 * Return: the open device, so that region and module stay: to be given to fput()
 * before VM_FAULT_RETRY is returned. NULL: the fault can't be tried again, the lock
 * is still held.
 */
struct file *mmapdemo_method_unlock_mm(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	struct file *file;

	if (!fault_may_unlock(vmf))
		return NULL;
	file = get_file(region->file);
	release_fault_lock(vmf);
	return file;
}

static enum region_count fault_kind(const struct vm_fault *vmf)
{
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return REGION_READ;
	return vmf->vma->vm_flags & VM_SHARED ? REGION_SHARED : REGION_COW;
}

/**
 * mmapdemo_method_planned - answer a fault as it was planned
 * @vmf: the fault
 *
 * One that is tried again after it was delayed has been answered.
 *
 * Return: 0 when nothing was planned, or the delay is over; VM_FAULT_SIGBUS,
 * VM_FAULT_OOM; VM_FAULT_RETRY, without the lock of the address space.
 */
vm_fault_t mmapdemo_method_planned(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	u64 delay;
	u32 answer;

	if (vmf->flags & FAULT_FLAG_TRIED)
		return 0;
	answer = mmapdemo_plan_take(&region->plans, vmf->pgoff, &delay);
	if (answer == MMAPDEMO_PLAN_NOTHING)
		return 0;
	mmapdemo_region_add(region, REGION_PLANNED, 1);
	switch (answer) {
	case MMAPDEMO_PLAN_SIGBUS:
		return VM_FAULT_SIGBUS;
	case MMAPDEMO_PLAN_OOM:
		return VM_FAULT_OOM;
	default:
		return mmapdemo_plan_delay(vmf, delay);
	}
}

/**
 * mmapdemo_method_lock - the page that a fault is to be answered with
 * @vmf: the fault
 * @page: out: locked, with a reference, with a return of 0
 *
 * Called with mmap_lock held for reading, or only the VMA's lock; may sleep. The
 * offset is the VMA's own plus the distance from its start, so a mapping may
 * reach past the end of the region: touching it there is answered as a file
 * does, with SIGBUS.
 *
 * Return: 0, or VM_FAULT_SIGBUS, VM_FAULT_OOM, VM_FAULT_RETRY; VM_FAULT_HWPOISON
 * when the memory of the page is broken.
 */
vm_fault_t mmapdemo_method_lock(struct vm_fault *vmf, struct page **page)
{
	struct region *region = vmf->vma->vm_private_data;
	vm_fault_t ret = mmapdemo_method_planned(vmf);

	if (ret & VM_FAULT_RETRY)
		return ret;
	if (!ret) {
		*page = mmapdemo_pages_lock(region, vmf->pgoff);
		if (!IS_ERR(*page))
			return 0;
		ret = vmf_error(PTR_ERR(*page));
	}
	mmapdemo_region_add(region, REGION_REFUSED, 1);
	return ret;
}

/**
 * mmapdemo_method_count - count a fault, as what it was answered with
 * @vmf: the fault
 * @ret: what is about to be returned
 *
 * Return: @ret.
 */
vm_fault_t mmapdemo_method_count(struct vm_fault *vmf, vm_fault_t ret)
{
	mmapdemo_region_add(vmf->vma->vm_private_data, ret & VM_FAULT_ERROR ?
			    REGION_REFUSED : fault_kind(vmf), 1);
	return ret;
}
