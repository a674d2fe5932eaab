// SPDX-License-Identifier: GPL-2.0-only
/*
 * page: .fault hands a page to the kernel, in vmf->page, and the kernel maps it.
 *
 * Read this file first to learn how an mmap driver works. mmap() itself does
 * next to nothing: it hangs vm_ops into the VMA, and no page is there yet. The
 * first touch of each page faults, and the kernel calls .fault with the page's
 * offset. The page that .fault returns is mapped by the kernel, which also
 *
 * - maps it with the rights of the mapping: a writable MAP_SHARED one may be
 *   written to from then on, and the driver is not told. One that wants to know
 *   has a .page_mkwrite, and gets its pages mapped read-only first;
 * - copies it first, when the mapping is MAP_PRIVATE and written to
 *   [do_cow_fault()]: the driver only ever supplies the original;
 * - unlocks it when it is in the page table, as VM_FAULT_LOCKED asks for; a page
 *   that was taken out of the region in between could be mapped else;
 * - drops the reference that .fault took, when the page is unmapped.
 *
 * There is no .open and no .close: the VMA holds the file, the file holds the
 * region, and so fork, mremap and a partial munmap need no help. A .close would
 * also forbid the kernel to merge neighbouring mappings of the device.
 *
 * Use it when: always, for memory that has a struct page. All of mm works on it:
 * O_DIRECT, ptrace, fork, MAP_PRIVATE, merging.
 * It costs: one fault per page; on kernels with per-VMA locks two attempts each,
 * as without .map_pages .fault is only called with mmap_lock held. The first store to
 * a page of a shared mapping sets the times of the device's node, unless the driver
 * has a .page_mkwrite [fault_dirty_shared_page()]: devtmpfs does so at once, but a
 * fault of a node that mknod(1) made on a disk waits for that file system, and
 * SIGKILL does not end the wait while it is frozen.
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "mmapdemo.h"

#include <linux/mm.h>

/**
 * mmapdemo_method_fault - supply the page of a first touch
 * @vmf: the fault
 *
 * Return: VM_FAULT_LOCKED with a reference on vmf->page, or as
 * mmapdemo_method_lock().
 */
vm_fault_t mmapdemo_method_fault(struct vm_fault *vmf)
{
	return mmapdemo_method_lock(vmf, &vmf->page) ?:
	       mmapdemo_method_count(vmf, VM_FAULT_LOCKED);
}

static const struct vm_operations_struct mmapdemo_page_vm_ops = {
	.fault	= mmapdemo_method_fault,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

const struct method mmapdemo_method_page = {
	.name		= "page",
	.vm_ops		= &mmapdemo_page_vm_ops,
	.flags		= MMAPDEMO_REGION_BACKED,
	.planned	= true,
};
