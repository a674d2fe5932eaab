// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region's bytes for those who don't map it, or whose pages the kernel can't
 * get hold of: read, write, and a debugger. No lock is held while they are
 * copied, only a reference on the page: it may leave the region meanwhile, as if
 * it had done so afterwards.
 */
#include "common.h"
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

/* Bytes from @pos to the end of its page, at most @len. */
static size_t page_part(loff_t pos, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(pos));
}

/* And at most to the end of the region. */
static size_t part_before(const struct region *region, loff_t pos, size_t len)
{
	u64 end = mmapdemo_region_bytes(region);

	return pos < end ? page_part(pos, min_t(u64, len, end - pos)) : 0;
}

/* As of a page cache: -EHWPOISON is for faults. */
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
	put_page(page);
	return copied;
}

/* NULL: nobody touched it. */
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
	copied = copy_page_to_iter(page, offset_in_page(pos), part, to);
	put_page(page);
	return copied;
}

/* Stops with -ENXIO at the end of the region, or of the file that it is. */
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
 * mmapdemo_region_read - copy bytes out
 * @region: the region
 * @pos: first byte, not negative
 * @to: where they go
 *
 * Pages that nobody touched read as zeros, and stay untouched.
 *
 * Return: bytes copied, 0 at or past the end; when not even one was -EFAULT, -EIO
 * when the memory is broken, or as mmapdemo_backing_read().
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
 * mmapdemo_region_write - copy bytes in
 * @region: the region
 * @pos: first byte, not negative
 * @from: where they come from
 *
 * Return: bytes copied, -ENOSPC at or past the end, -ENOMEM, -EFAULT, -EIO when
 * the memory is broken, or as mmapdemo_backing_write().
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

/* May @address be read, or written to, whatever its protection is just now? */
static bool access_allowed(const struct vm_area_struct *vma, int write)
{
	return vma->vm_flags & (write ? VM_WRITE : VM_MAYREAD);
}

/**
 * mmapdemo_region_access - .access: what ptrace() reads and writes
 * @vma: a mapping whose pages get_user_pages() can't get hold of
 * @address: of the first byte
 * @buffer: from where or to where
 * @length: how many bytes there are to be copied
 * @write: to the mapping?
 *
 * The memory of a device would be mapped for it, by generic_access_phys(); ours
 * is mapped already, with the same caching. Called with mmap_lock held for
 * reading, which is what keeps the mapping.
 *
 * Return: bytes copied, at most to the end of the page; -EFAULT past the end, or
 * when it is not allowed; -ENOMEM; -EIO when the memory is broken.
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
	if (write)
		memcpy(bytes, buffer, part);
	else
		memcpy(buffer, bytes, part);
	put_page(page);
	return part;
}
