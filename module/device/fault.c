// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the faults of all methods have in common: one is answered as it was planned,
 * or gets the page of its offset, locked.
 */
#include "common.h"
#include "compat/fault.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/plan.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/err.h>
#include <linux/mm.h>

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
