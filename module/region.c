// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object that is mapped, and how a driver supplies pages on first touch.
 *
 * Read this file from top to bottom to learn how an mmap driver works. mmap()
 * itself does next to nothing: it hangs mmapdemo_region_vm_ops into the VMA,
 * and no page is there yet. The first touch of each page faults, and the kernel
 * calls .fault with the page's offset. What .fault returns in vmf->page is
 * mapped into the page table by the kernel, which also
 *
 * - maps it with the rights of the mapping: a writable MAP_SHARED one may be
 *   written to from then on, and the driver is not told. One that wants to know
 *   has a .page_mkwrite, and gets its pages mapped read-only first;
 * - copies it first, when the mapping is MAP_PRIVATE and written to
 *   [do_cow_fault()]: the driver only ever supplies the original;
 * - drops the reference that .fault took, when the page is unmapped.
 *
 * There is no .open and no .close: the VMA holds the file, the file holds the
 * region, and so fork, mremap and a partial munmap need no help. A .close would
 * also forbid the kernel to merge neighbouring mappings of the device.
 */
#include "common.h"
#include "compat/gfp.h"
#include "region.h"

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

/* Charged to the memory cgroup of whoever touches the page first. */
#define REGION_GFP (GFP_HIGHUSER | __GFP_ZERO | GFP_ACCOUNT_MAPPED)

static void region_count(struct region *region, enum region_count count)
{
	atomic64_inc(&region->counts[count]);
}

/**
 * mmapdemo_region_count - read one of the counters
 * @region: the region
 * @count: which
 *
 * Return: its value at the moment.
 */
u64 mmapdemo_region_count(const struct region *region, enum region_count count)
{
	return atomic64_read(&region->counts[count]);
}

/* ---- pages ---- */

/* The page at an offset if it was touched before, else NULL. */
static struct page *region_peek(struct region *region, pgoff_t pgoff)
{
	return xa_load(&region->pages, pgoff);
}

/*
 * The page at an offset, allocated and zeroed on first touch. NULL: no memory.
 * Two tasks may come first at once: the one that finds a page in place when it
 * wants to store its own throws its own away.
 */
static struct page *region_page(struct region *region, pgoff_t pgoff)
{
	struct page *page = region_peek(region, pgoff);
	struct page *other;

	if (page)
		return page;

	page = alloc_page(REGION_GFP);
	if (!page)
		return NULL;
	other = xa_cmpxchg(&region->pages, pgoff, NULL, page,
			   GFP_KERNEL_ACCOUNT);
	if (other) {
		__free_page(page);
		return xa_is_err(other) ? NULL : other;
	}
	region_count(region, REGION_RESIDENT);
	return page;
}

/* ---- the mapping ---- */

static enum region_count fault_kind(const struct vm_fault *vmf)
{
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return REGION_READ;
	return vmf->vma->vm_flags & VM_SHARED ? REGION_SHARED : REGION_COW;
}

/**
 * mmapdemo_region_fault - supply the page of a first touch
 * @vmf: vmf->pgoff is its offset in the region
 *
 * Called with mmap_lock held for reading, may sleep. The offset is the VMA's
 * own plus the distance from its start, so a mapping may reach past the end of
 * the region: touching it there is answered as a file does, with SIGBUS.
 *
 * Return: 0 with a reference on vmf->page, or VM_FAULT_SIGBUS, VM_FAULT_OOM.
 */
static vm_fault_t mmapdemo_region_fault(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	struct page *page;

	if (vmf->pgoff >= region->size >> PAGE_SHIFT) {
		region_count(region, REGION_REFUSED);
		return VM_FAULT_SIGBUS;
	}
	page = region_page(region, vmf->pgoff);
	if (!page) {
		region_count(region, REGION_REFUSED);
		return VM_FAULT_OOM;
	}
	region_count(region, fault_kind(vmf));
	get_page(page);
	vmf->page = page;
	return 0;
}

/* A new mapping is in the tree of VMAs. One that was merged is not told. */
int mmapdemo_region_mapped(unsigned long start, unsigned long end,
			   pgoff_t pgoff, const struct file *file,
			   void **private_data)
{
	region_count(*private_data, REGION_MAPPINGS);
	return 0;
}

static const struct vm_operations_struct mmapdemo_region_vm_ops = {
	.fault	= mmapdemo_region_fault,
	MAPPED_HOOK(mmapdemo_region_mapped)
};

/**
 * mmapdemo_region_prepare - say how a mapping is to be served
 * @region: kept alive by the file of the mapping
 * @desc: the mapping to be
 *
 * It may still fail, or be merged with a neighbour that is served likewise, so
 * nothing is done here that would have to be undone. Called with mmap_lock held
 * for writing.
 */
void mmapdemo_region_prepare(struct region *region, struct vm_area_desc *desc)
{
	region_count(region, REGION_MMAPS);
	desc->private_data = region;
	desc->vm_ops = &mmapdemo_region_vm_ops;
}

/* ---- read and write: the same bytes ---- */

/* Bytes from @pos to the end of its page, at most @len. */
static size_t page_part(loff_t pos, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(pos));
}

/**
 * mmapdemo_region_read - copy bytes out
 * @region: the region
 * @pos: first byte, not negative
 * @to: where they go
 *
 * Pages that nobody touched read as zeros, and stay untouched.
 *
 * Return: bytes copied, 0 at or past the end, -EFAULT when not even one was.
 */
ssize_t mmapdemo_region_read(struct region *region, loff_t pos,
			     struct iov_iter *to)
{
	ssize_t done = 0;

	while (pos < region->size && iov_iter_count(to)) {
		struct page *page = region_peek(region, pos >> PAGE_SHIFT);
		size_t part = page_part(pos, iov_iter_count(to));
		size_t copied;

		copied = page ? copy_page_to_iter(page, offset_in_page(pos),
						  part, to) :
				iov_iter_zero(part, to);
		done += copied;
		pos += copied;
		if (copied < part)
			return done ?: -EFAULT;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

/**
 * mmapdemo_region_write - copy bytes in
 * @region: the region
 * @pos: first byte, not negative
 * @from: where they come from
 *
 * Return: bytes copied, -ENOSPC at or past the end, -ENOMEM, -EFAULT.
 */
ssize_t mmapdemo_region_write(struct region *region, loff_t pos,
			      struct iov_iter *from)
{
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t part = page_part(pos, iov_iter_count(from));
		struct page *page;
		size_t copied;

		if (pos >= region->size)
			return done ?: -ENOSPC;
		page = region_page(region, pos >> PAGE_SHIFT);
		if (!page)
			return done ?: -ENOMEM;
		copied = copy_page_from_iter(page, offset_in_page(pos), part,
					     from);
		done += copied;
		pos += copied;
		if (copied < part)
			return done ?: -EFAULT;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

/* ---- life ---- */

/**
 * mmapdemo_region_create - a new region, with no page in it
 * @size: bytes, a multiple of the page size
 *
 * Return: the region with one reference, or NULL when there is no memory.
 */
struct region *mmapdemo_region_create(u64 size)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);

	if (!region)
		return NULL;
	kref_init(&region->ref);
	xa_init_flags(&region->pages, XA_FLAGS_ACCOUNT);
	region->size = size;
	return region;
}

/** mmapdemo_region_get - one more reference */
struct region *mmapdemo_region_get(struct region *region)
{
	kref_get(&region->ref);
	return region;
}

static void region_free(struct kref *ref)
{
	struct region *region = container_of(ref, struct region, ref);
	unsigned long pgoff;
	struct page *page;

	xa_for_each(&region->pages, pgoff, page) {
		put_page(page);
		cond_resched();
	}
	xa_destroy(&region->pages);
	kfree(region);
}

/** mmapdemo_region_put - one reference less; the last one frees the pages */
void mmapdemo_region_put(struct region *region)
{
	kref_put(&region->ref, region_free);
}
