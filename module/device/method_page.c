// SPDX-License-Identifier: GPL-2.0-only
/*
 * page: .fault returns a page in vmf->page, and the kernel maps the page.
 *
 * Read this file first to learn how an mmap driver works. mmap() does almost
 * nothing: it stores vm_ops in the VMA, and maps no pages. The first touch of
 * each page faults, and the kernel calls .fault with the offset of the page.
 * The kernel then takes the page that .fault returned, and
 *
 * - maps the page with the permissions of the mapping. The driver does not
 *   notice later stores to a writable MAP_SHARED mapping. A driver that has to
 *   notice stores provides .page_mkwrite. The kernel first maps the pages of
 *   such a driver read-only;
 * - copies the page first if the mapping is MAP_PRIVATE and the access is a
 *   store [do_cow_fault()]. The driver always supplies the original;
 * - unlocks the page once it is in the page table, because .fault returned
 *   VM_FAULT_LOCKED. Without the lock, the kernel could map a page that has left
 *   the region in the meantime;
 * - drops the reference that .fault took, when the page is unmapped.
 *
 * There is no .open and no .close. The VMA has a reference on the file, and the
 * file keeps the region, so the driver need not notice fork, mremap or a partial
 * munmap. A .close would also keep the kernel from merging neighbouring mappings
 * of the device.
 *
 * Use it when: the memory has a struct page. With such memory, everything in mm
 * works: O_DIRECT, ptrace, fork, MAP_PRIVATE, merging.
 * It costs: one fault per page. On kernels with per-VMA locks, each fault takes
 * two attempts: if the driver has no .map_pages, the kernel calls .fault only
 * with mmap_lock held. If the first touch of a page of a shared mapping is a
 * store, the fault also updates the timestamps of the device node, unless the
 * driver has .page_mkwrite [do_shared_fault(), fault_dirty_shared_page()]. If
 * the first touch is a load, the page is mapped writable, so a later store takes
 * no fault and updates no timestamp. In devtmpfs the update does not block. If
 * mknod(1) created the node on a disk, the fault waits for the file system of
 * the disk, and SIGKILL does not end the wait while the file system is frozen.
 */
#include "common.h"
#include "compat/mmap.h"
#include "device/method.h"
#include "mmapdemo.h"

#include <linux/mm.h>

/**
 * mmapdemo_method_fault - supply the touched page to the kernel
 * @vmf: the fault
 *
 * Return: VM_FAULT_LOCKED with a reference on vmf->page, or an error of
 * mmapdemo_method_lock().
 */
vm_fault_t mmapdemo_method_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = mmapdemo_method_lock(vmf, &vmf->page);

	return ret ?: mmapdemo_method_count(vmf, VM_FAULT_LOCKED);
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
