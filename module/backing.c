// SPDX-License-Identifier: GPL-2.0-only
/*
 * A regular file behind a region: what a file system does for a mapping of one
 * of its files, in short. The flags of a page are used as the page cache does:
 *
 * PG_uptodate	the page holds what the file does at its offset, or newer. A page
 *		comes into the region without, and is filled when it is needed.
 * PG_dirty	newer. Set by .page_mkwrite: the kernel maps the pages of a
 *		driver that has one read-only, and asks it at the first store;
 *		also by whoever ends direct I/O into the page.
 * PG_locked	held while these change, and until a page is in the page table:
 *		so none is mapped that is not uptodate, or writable not dirty.
 *
 * How pages get to the file is told by writeback.c.
 */
#include "common.h"
#include "backing.h"
#include "compat/pagecache.h"
#include "method.h"
#include "pages.h"
#include "region.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>

/**
 * mmapdemo_backing_bytes - where the region ends
 * @backing: its file
 *
 * Return: its own size, or that of the file as of now, whichever is less.
 */
u64 mmapdemo_backing_bytes(const struct backing *backing)
{
	return min_t(u64, READ_ONCE(backing->region->size),
		     i_size_read(file_inode(backing->file)));
}

/* ---- from the file ---- */

/* As read(2) does. Some file systems take the lock of the inode for that. */
static int read_file(struct file *file, struct page *page, loff_t pos)
{
	char *to = page_address(page);
	size_t done = 0;
	ssize_t ret;

	while (done < PAGE_SIZE) {
		ret = kernel_read(file, to + done, PAGE_SIZE - done, &pos);
		if (ret < 0)
			return ret;
		if (!ret)
			break;
		done += ret;
	}
	memset(to + done, 0, PAGE_SIZE - done);
	return 0;
}

/*
 * As a fault in a mapping of the file does: without the lock of the inode. He
 * who has it may be writing to the file out of a mapping of the region.
 */
static int read_page_cache(struct file *file, struct page *page, loff_t pos)
{
	loff_t left = i_size_read(file_inode(file)) - pos;
	struct page *theirs;

	theirs = read_mapping_page(file->f_mapping, pos >> PAGE_SHIFT, file);
	if (IS_ERR(theirs))
		return PTR_ERR(theirs);
	copy_highpage(page, theirs);
	put_page(theirs);
	/* What is behind the end of the file was never written. */
	if (left < PAGE_SIZE)
		memset(page_address(page) + max_t(loff_t, left, 0), 0,
		       PAGE_SIZE - max_t(loff_t, left, 0));
	return 0;
}

static int read_page(struct backing *backing, struct page *page, loff_t pos)
{
	const struct cred *cred = override_creds(backing->file->f_cred);
	int error;

	if (mapping_reads_pages(backing->file->f_mapping))
		error = read_page_cache(backing->file, page, pos);
	else
		error = read_file(backing->file, page, pos);
	revert_creds(cred);
	if (!error)
		SetPageUptodate(page);
	return error;
}

/* Has a locked page hold what the file does, or newer. */
static int fill_page(struct backing *backing, struct page *page, pgoff_t pgoff)
{
	if (backing_pos(pgoff) >= mmapdemo_backing_bytes(backing))
		return -ENXIO;
	if (PageUptodate(page))
		return 0;
	return read_page(backing, page, backing_pos(pgoff));
}

/**
 * mmapdemo_backing_lock - the page at an offset, with what the file has there
 * @backing: the file
 * @pgoff: offset in pages
 *
 * May sleep, and read.
 *
 * Return: the page, locked, with a reference; -ENXIO behind the end of the file
 * or of the region; -ENOMEM, -EINTR when the task was killed, or why the file
 * could not be read.
 */
struct page *mmapdemo_backing_lock(struct backing *backing, pgoff_t pgoff)
{
	struct page *page;
	int error;

	if (backing_pos(pgoff) >= mmapdemo_backing_bytes(backing))
		return ERR_PTR(-ENXIO);
	page = mmapdemo_pages_lock(backing->region, pgoff);
	if (IS_ERR(page))
		return page;
	error = fill_page(backing, page, pgoff);
	if (!error)
		return page;
	mmapdemo_pages_unlock(page);
	return ERR_PTR(error);
}

/* Is there nothing to be read for a fault? Behind the end there never is. */
static bool page_is_ready(struct backing *backing, pgoff_t pgoff)
{
	struct page *page;
	bool ready;

	if (backing_pos(pgoff) >= mmapdemo_backing_bytes(backing))
		return true;
	page = mmapdemo_pages_get(backing->region, pgoff);
	if (!page)
		return false;
	ready = PageUptodate(page);
	put_page(page);
	return ready;
}

/**
 * mmapdemo_backing_ready - read the page of a fault, in nobody's way
 * @vmf: the fault
 *
 * As filemap_fault() does: while the file is read the address space is not locked,
 * and the fault begins anew then. It finds the page, or reads again and tells why
 * it can't.
 *
 * Return: VM_FAULT_RETRY without the lock; 0: the page is there, or is to be read
 * with the lock.
 */
vm_fault_t mmapdemo_backing_ready(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	pgoff_t pgoff = vmf->pgoff;
	struct page *page;
	struct file *file;

	if (page_is_ready(region->backing, pgoff))
		return 0;
	file = mmapdemo_method_unlock_mm(vmf);
	if (!file)
		return 0;
	page = mmapdemo_backing_lock(region->backing, pgoff);
	if (!IS_ERR(page))
		mmapdemo_pages_unlock(page);
	fput(file);
	return VM_FAULT_RETRY | VM_FAULT_MAJOR;
}

/* ---- stores ---- */

/*
 * A locked page is about to be newer than the file. It is dirty before the end of
 * the region is asked for: who moves that looks for dirty pages afterwards, so
 * either finds this one, or it may not be stored to any more.
 */
static int dirty_page(struct backing *backing, struct page *page, pgoff_t pgoff)
{
	SetPageDirty(page);
	/* With region_set_size() and the queueing of the work. */
	smp_mb__after_atomic();
	if (pgoff >= region_end(backing->region))
		return -ENXIO;
	mmapdemo_writeback_later(backing);
	return 0;
}

/**
 * mmapdemo_backing_write - copy bytes into a page
 * @backing: the file
 * @pos: of the first
 * @part: how many, at most to the end of the page
 * @from: where they come from: maybe a mapping of this very page, so it is not
 *	locked while they are fetched
 *
 * Return: bytes copied, 0 when not even one could be fetched; as
 * mmapdemo_backing_lock(), and -ENOMEM.
 */
ssize_t mmapdemo_backing_write(struct backing *backing, loff_t pos, size_t part,
			       struct iov_iter *from)
{
	struct page *copy = alloc_page(GFP_KERNEL);
	pgoff_t pgoff = pos >> PAGE_SHIFT;
	struct page *page;
	ssize_t copied;
	int error;

	if (!copy)
		return -ENOMEM;
	copied = copy_page_from_iter(copy, 0, part, from);
	if (!copied)
		goto out_free_copy;
	page = mmapdemo_backing_lock(backing, pgoff);
	if (IS_ERR(page)) {
		copied = PTR_ERR(page);
		goto out_free_copy;
	}
	error = dirty_page(backing, page, pgoff);
	if (error)
		copied = error;
	else
		memcpy(page_address(page) + offset_in_page(pos),
		       page_address(copy), copied);
	mmapdemo_pages_unlock(page);
out_free_copy:
	__free_page(copy);
	return copied;
}

static int punch_file(struct file *file, u64 start, u64 end)
{
	const struct cred *cred = override_creds(file->f_cred);
	int ret = vfs_fallocate(file,
				FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				start, end - start);

	revert_creds(cred);
	return ret;
}

/**
 * mmapdemo_backing_punch - make a hole, in the file and in the region
 * @backing: the file
 * @start: first byte, a multiple of the page size
 * @end: behind the last one, likewise
 *
 * What is stored there meanwhile may be in the hole, or gone; what is stored
 * afterwards stays: no page from before is left, nor on its way to the file.
 *
 * Return: 0, -EOPNOTSUPP when the file system can't, or what it says else.
 */
int mmapdemo_backing_punch(struct backing *backing, u64 start, u64 end)
{
	int ret;

	lockdep_assert_held(&backing->region->lock);
	mutex_lock(&backing->writing);
	ret = punch_file(backing->file, start, end);
	if (!ret)
		mmapdemo_pages_remove(backing->region, start >> PAGE_SHIFT,
				      (end >> PAGE_SHIFT) - 1);
	mutex_unlock(&backing->writing);
	return ret;
}

/* ---- the mapping ---- */

/* -EAGAIN: it left the region meanwhile. */
static int mkwrite_page(struct backing *backing, struct page *page,
			pgoff_t pgoff)
{
	int error = mmapdemo_pages_wait(page);

	if (error)
		return error;
	error = -EAGAIN;
	if (backing_has(backing, page, pgoff))
		error = fill_page(backing, page, pgoff) ?:
			dirty_page(backing, page, pgoff);
	if (error)
		unlock_page(page);
	return error;
}

/* The first store to a page since it was mapped. */
static vm_fault_t mmapdemo_backing_mkwrite(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	int error = mkwrite_page(region->backing, vmf->page, vmf->pgoff);

	if (!error)
		return VM_FAULT_LOCKED;
	if (error == -EAGAIN)
		return VM_FAULT_NOPAGE;
	return mmapdemo_method_count(vmf, vmf_error(error));
}

const struct vm_operations_struct mmapdemo_backing_vm_ops = {
	.fault		= mmapdemo_method_fault,
	.page_mkwrite	= mmapdemo_backing_mkwrite,
	MAPPED_HOOK(mmapdemo_method_mapped)
};

/* ---- life ---- */

/* May this open file be read and written, anywhere, by us? */
static int backing_check(const struct file *file)
{
	const fmode_t both = FMODE_READ | FMODE_WRITE;

	if (!S_ISREG(file_inode(file)->i_mode))
		return -EINVAL;
	if ((file->f_mode & both) != both || file->f_flags & O_APPEND)
		return -EACCES;
	/* Files of /proc and /sys are no memory. */
	if (!file->f_op->read_iter || !file->f_op->write_iter ||
	    file->f_op->read || file->f_op->write)
		return -EINVAL;
	return 0;
}

/**
 * mmapdemo_backing_open - put a file behind a region
 * @region: of which nothing was touched yet
 * @fd: the file, a descriptor of the caller
 *
 * Return: 0; -EBADF when there is no such descriptor; -EINVAL when
 * it is not of a regular file, or of one of /proc or /sys; -EACCES when it was
 * not opened for reading and writing, or with O_APPEND; -ENOMEM, and what open(2)
 * may say.
 */
int mmapdemo_backing_open(struct region *region, int fd)
{
	struct file *theirs = fget(fd);
	struct backing *backing;
	int error;

	if (!theirs)
		return -EBADF;
	error = backing_check(theirs);
	if (error)
		goto err_put_theirs;
	backing = kzalloc(sizeof(*backing), GFP_KERNEL_ACCOUNT);
	error = -ENOMEM;
	if (!backing)
		goto err_put_theirs;
	backing->file = dentry_open(&theirs->f_path, O_RDWR | O_LARGEFILE,
				    theirs->f_cred);
	error = PTR_ERR_OR_ZERO(backing->file);
	if (error)
		goto err_free_backing;
	fput(theirs);
	backing->region = region;
	INIT_DELAYED_WORK(&backing->work, mmapdemo_writeback_work);
	mutex_init(&backing->writing);
	region->backing = backing;
	return 0;

err_free_backing:
	kfree(backing);
err_put_theirs:
	fput(theirs);
	return error;
}

/**
 * mmapdemo_backing_close - write what is dirty, and let go of the file
 * @backing: of a region that nobody has open or mapped any more
 *
 * Nobody is left to be told of an error: what can't be written is lost.
 */
void mmapdemo_backing_close(struct backing *backing)
{
	mmapdemo_writeback_wait(backing);
	cancel_delayed_work_sync(&backing->work);
	fput(backing->file);
	kfree(backing);
}
