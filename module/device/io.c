// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to a region by read() and write(), and by ptrace() if the kernel can't
 * take references on the mapped pages. A task that copies bytes holds a
 * reference on the page, but no lock. If the page is removed from the region
 * during the copy, the result is the same as if the page were removed after the
 * copy.
 *
 * On processors with aliasing caches, flush_dcache_folio() keeps the kernel's
 * mapping of a page consistent with the mappings of programs.
 */
#include "common.h"
#include "compat/folio.h"
#include "device/backing.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uio.h>

/* Return the number of bytes from @pos to the end of its page, at most @len. */
static size_t page_part(loff_t pos, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(pos));
}

/*
 * Return the number of bytes from @pos to the end of its page or of the region,
 * at most @len.
 */
static size_t part_before(const struct region *region, loff_t pos, size_t len)
{
	u64 end = mmapdemo_region_bytes(region);

	return pos < end ? page_part(pos, min_t(u64, len, end - pos)) : 0;
}

/* Translate -EHWPOISON, which only faults may return, to -EIO, as the page cache does. */
static ssize_t io_error(const struct page *page)
{
	return PTR_ERR(page) == -EHWPOISON ? -EIO : PTR_ERR(page);
}

static ssize_t write_part(struct region *region, loff_t pos, size_t part,
			  struct iov_iter *from)
{
	struct page *page;
	size_t copied;

	page = mmapdemo_pages_touch(region, pos >> PAGE_SHIFT);
	if (IS_ERR(page))
		return io_error(page);
	copied = copy_page_from_iter(page, offset_in_page(pos), part, from);
	flush_dcache_folio(page_folio(page));
	put_page(page);
	return copied;
}

/* Return the page with a reference, NULL if the page does not exist, or an error. */
static struct page *read_page(struct region *region, pgoff_t pgoff)
{
	struct page *page = mmapdemo_pages_get(region, pgoff);

	if (!page || !PageHWPoison(page))
		return page;
	put_page(page);
	return ERR_PTR(-EHWPOISON);
}

static ssize_t read_part(struct region *region, loff_t pos, size_t part,
			 struct iov_iter *to)
{
	struct page *page = read_page(region, pos >> PAGE_SHIFT);
	size_t copied;

	if (IS_ERR(page))
		return io_error(page);
	if (!page)
		return iov_iter_zero(part, to);
	flush_dcache_folio(page_folio(page));
	copied = copy_page_to_iter(page, offset_in_page(pos), part, to);
	put_page(page);
	return copied;
}

/* Copy page by page. Return -ENXIO if @pos is at or past the end of the region. */
static ssize_t copy_parts(struct region *region, loff_t pos,
			  struct iov_iter *iter,
			  ssize_t (*copy)(struct region *region, loff_t pos,
					  size_t part, struct iov_iter *iter))
{
	ssize_t done = 0;

	while (iov_iter_count(iter)) {
		size_t part = part_before(region, pos, iov_iter_count(iter));
		ssize_t copied = part ? copy(region, pos, part, iter) : -ENXIO;

		if (copied < 0)
			return done ?: copied;
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
 * mmapdemo_region_read - copy bytes out of a region
 * @region: the region
 * @pos: offset of the first byte, not negative
 * @to: destination
 *
 * The read returns zeros for a page that does not exist, and does not create
 * the page.
 *
 * Return: the number of bytes copied; 0 if @pos is at or past the end; or, if
 * no byte could be copied, -EFAULT, -EIO for a poisoned page, or an error of
 * mmapdemo_backing_read().
 */
ssize_t mmapdemo_region_read(struct region *region, loff_t pos,
			     struct iov_iter *to)
{
	ssize_t ret;

	if (region->backing)
		return mmapdemo_backing_read(region, pos, to);
	ret = copy_parts(region, pos, to, read_part);
	return ret == -ENXIO ? 0 : ret;
}

/**
 * mmapdemo_region_write - copy bytes into a region
 * @region: the region
 * @pos: offset of the first byte, not negative
 * @from: source
 *
 * Return: the number of bytes copied; -ENOSPC if @pos is at or past the end;
 * or, if no byte could be copied, -ENOMEM, -EFAULT, -EIO for a poisoned page,
 * or an error of mmapdemo_backing_write().
 */
ssize_t mmapdemo_region_write(struct region *region, loff_t pos,
			      struct iov_iter *from)
{
	ssize_t ret;

	if (region->backing)
		return mmapdemo_backing_write(region, pos, from);
	ret = copy_parts(region, pos, from, write_part);
	return ret == -ENXIO ? -ENOSPC : ret;
}

/*
 * Return true if ptrace may access the VMA. The rules are those of
 * get_user_pages() with FOLL_FORCE for a shared mapping: a read requires
 * VM_MAYREAD, but a write requires VM_WRITE.
 */
static bool access_allowed(const struct vm_area_struct *vma, int write)
{
	return vma->vm_flags & (write ? VM_WRITE : VM_MAYREAD);
}

/**
 * mmapdemo_region_access - .access of the VMAs, for reads and writes by ptrace()
 * @vma: a mapping whose pages get_user_pages() can't return
 * @address: address of the first byte
 * @buffer: kernel buffer to copy from or to
 * @length: number of bytes to copy
 * @write: true to copy to the mapping, false to copy from the mapping
 *
 * A driver for device memory uses generic_access_phys(), which maps the memory
 * for the access. generic_access_phys() is not needed here: the kernel already
 * has a mapping of the region's memory, with the same memory type. mmap_lock is
 * held for reading, so the VMA can't be removed.
 *
 * Return: the number of bytes copied, at most up to the end of the page; -EFAULT
 * if @address is past the end of the region, or the access is not allowed;
 * -ENOMEM; -EIO if the page is poisoned.
 */
int mmapdemo_region_access(struct vm_area_struct *vma, unsigned long address,
			   void *buffer, int length, int write)
{
	pgoff_t pgoff = vma->vm_pgoff +
			((address - vma->vm_start) >> PAGE_SHIFT);
	size_t part = page_part(address, length);
	struct page *page;
	char *bytes;

	if (!access_allowed(vma, write))
		return -EFAULT;
	page = mmapdemo_pages_touch(vma->vm_private_data, pgoff);
	if (IS_ERR(page))
		return PTR_ERR(page) == -ENXIO ? -EFAULT : io_error(page);
	bytes = page_address(page) + offset_in_page(address);
	if (write) {
		memcpy(bytes, buffer, part);
		flush_dcache_folio(page_folio(page));
	} else {
		flush_dcache_folio(page_folio(page));
		memcpy(buffer, bytes, part);
	}
	put_page(page);
	return part;
}
