// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault handling that all methods share: answer a fault according to the plans,
 * or look up and lock the page at the offset of the fault.
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
 * mmapdemo_method_planned - answer a fault according to the plans of the region
 * @vmf: the fault
 *
 * No plan applies to a retried fault, which was already answered at its first
 * attempt.
 *
 * Return: 0 if no plan applies, or after a delay; VM_FAULT_SIGBUS; VM_FAULT_OOM; or
 * VM_FAULT_RETRY. With VM_FAULT_RETRY, mmap_lock or the per-VMA lock was released,
 * unless the fault must not wait.
 */
vm_fault_t mmapdemo_method_planned(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	u64 delay;
	u32 answer;

	if (vmf->flags & FAULT_FLAG_TRIED)
		return 0;
	/*
	 * The caller will retry the fault in a context that may wait. Answer
	 * this retry instead.
	 */
	if (fault_no_wait(vmf) && !plans_none(&region->plans))
		return VM_FAULT_RETRY;
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

static vm_fault_t method_lock(struct vm_fault *vmf, struct page **page,
			      struct page *(*lock)(struct region *region,
						   pgoff_t pgoff, bool nowait))
{
	struct region *region = vmf->vma->vm_private_data;
	vm_fault_t ret = mmapdemo_method_planned(vmf);

	if (ret & VM_FAULT_RETRY)
		return ret;
	if (!ret) {
		*page = lock(region, vmf->pgoff, fault_no_wait(vmf));
		if (!IS_ERR(*page))
			return 0;
		if (*page == ERR_PTR(-EAGAIN))
			return VM_FAULT_RETRY;
		ret = vmf_error(PTR_ERR(*page));
	}
	mmapdemo_region_add(region, REGION_REFUSED, 1);
	return ret;
}

/**
 * mmapdemo_method_lock - lock the touched page, to map the page with a
 *	reference
 * @vmf: the fault
 * @page: out: the page, as returned by mmapdemo_pages_lock(), if the function
 *	returns 0
 *
 * The caller holds either mmap_lock for reading or the per-VMA lock. The
 * function may sleep. A mapping may reach past the end of the region. A touch
 * past the end raises SIGBUS, as in a mapping of a file.
 *
 * Return: 0; VM_FAULT_SIGBUS past the end, by a plan, or if the task is being
 * killed; VM_FAULT_OOM; VM_FAULT_HWPOISON if the page is poisoned;
 * VM_FAULT_RETRY from mmapdemo_method_planned(); or VM_FAULT_RETRY, with
 * mmap_lock still held, if the fault has FAULT_FLAG_RETRY_NOWAIT but would have
 * to wait.
 */
vm_fault_t mmapdemo_method_lock(struct vm_fault *vmf, struct page **page)
{
	return method_lock(vmf, page, mmapdemo_pages_lock);
}

/**
 * mmapdemo_method_lock_frame - lock the touched page, to map the page by its
 *	frame number
 * @vmf: the fault
 * @page: out: the page, as returned by mmapdemo_pages_lock_frame(), if the
 *	function returns 0
 *
 * Apart from @page, the function does the same as mmapdemo_method_lock().
 */
vm_fault_t mmapdemo_method_lock_frame(struct vm_fault *vmf, struct page **page)
{
	return method_lock(vmf, page, mmapdemo_pages_lock_frame);
}

/**
 * mmapdemo_method_count - count a fault in the counter for its result
 * @vmf: the fault
 * @ret: the result of .fault
 *
 * Return: @ret.
 */
vm_fault_t mmapdemo_method_count(struct vm_fault *vmf, vm_fault_t ret)
{
	mmapdemo_region_add(vmf->vma->vm_private_data, ret & VM_FAULT_ERROR ?
			    REGION_REFUSED : fault_kind(vmf), 1);
	return ret;
}
