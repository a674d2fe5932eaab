// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file-backed region is a region whose memory belongs to a regular file.
 *
 * The pages of a file are in the page cache. The file system reads these pages,
 * allocates disk space for stores, and writes the pages back. A driver that
 * copied the pages would have to do many things itself: wait for a frozen file
 * system, stay killable during this wait, never write data that ftruncate() cut
 * off, and charge the writes to the cgroup that stored the data. So a mapping
 * of the region is a mapping of the file: .mmap replaces vma->vm_file and calls
 * the file's own .mmap, as overlayfs [backing_file_mmap()] and coda
 * [coda_file_mmap()] do.
 *
 * The file system sets vm_ops of the VMA. The device replaces vm_ops with a
 * copy that has four operations of the device:
 *
 * .fault	counts the fault. If there is a plan for the fault, .fault
 *		answers as the plan says. Otherwise, it calls the file system's
 *		.fault.
 * .map_pages	maps nothing while there are plans. Otherwise, it calls the file
 *		system's .map_pages, and counts the fault if the result is
 *		VM_FAULT_NOPAGE.
 * .open	takes a reference on the open device for each new VMA of the
 *		mapping, after a fork() or a split. The VMA itself has a
 *		reference only on the file. The reference on the device keeps
 *		the region and the module in memory.
 * .close	drops the reference on the open device when a VMA is removed.
 *
 * All other operations in the copy, such as .page_mkwrite, are those of the
 * file system. So the file system tracks stores, updates timestamps and writes
 * data back as in any other mapping of the file.
 *
 * The size of the region is fixed, and may be less than the size of the file.
 * mm maps large folios as a whole, and stops only at the end of the VMA or of
 * the file. So the device limits the VMAs: it refuses a VMA that would reach
 * past the end of the region, and sets VM_DONTEXPAND so that a VMA can't grow.
 * VM_DONTEXPAND does not protect the rest of the file: a task that may map the
 * region can also map the file, for example by remap_file_pages(2).
 * VM_DONTEXPAND has side effects, because it is part of VM_SPECIAL: mlock(2)
 * and khugepaged silently skip such VMAs, and madvise(2) refuses MADV_DODUMP
 * and MADV_DOFORK.
 *
 * A security module checks only the mapping of the device, not the mapping of
 * the file. Newer kernels have security_mmap_backing_file(), but this function
 * works only for files that were opened as backing files. The file of a region
 * is not opened as a backing file. So a region can't be mapped with PROT_EXEC:
 * otherwise, code of the file would be executed without a check.
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/file.h"
#include "compat/stack.h"
#include "compat/unmapped.h"
#include "device/backing.h"
#include "device/method.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uio.h>

/**
 * struct backing - the file of a region
 * @file: the file. The file was opened again for the region, so that changes to
 *	the caller's open file, such as setting O_APPEND, have no effect on the
 *	region
 * @mapping: f_mapping of @file just after @file was opened. The region counts
 *	as a writable mapping of this address_space
 * @lock: protects @ops; no other lock is taken while @lock is held
 * @ops: list of struct backing_ops; entries stay until the region ends
 */
struct backing {
	struct file *file;
	struct address_space *mapping;
	spinlock_t lock;	/* protects @ops */
	struct list_head ops;
};

/**
 * struct backing_ops - vm_ops for the VMAs of a region
 * @vm_ops: a copy of @theirs with the device's operations
 * @theirs: vm_ops of the file system. A file system may have several vm_ops;
 *	the region has one struct backing_ops for each of these vm_ops
 * @list: entry in struct backing
 */
struct backing_ops {
	struct vm_operations_struct vm_ops;
	const struct vm_operations_struct *theirs;
	struct list_head list;
};

static const struct vm_operations_struct *
backing_theirs(const struct vm_area_struct *vma)
{
	return container_of(vma->vm_ops, struct backing_ops, vm_ops)->theirs;
}

/*
 * Return the address_space of the file's pages. For a file in overlayfs, this
 * is the address_space of the underlying inode.
 */
static struct address_space *backing_mapping(const struct backing *backing)
{
	return d_real_inode(backing->file->f_path.dentry)->i_mapping;
}

/* ---- faults ---- */

/*
 * The file system may release mmap_lock or the per-VMA lock, and return
 * VM_FAULT_RETRY. After VM_FAULT_RETRY, the VMA may no longer exist, but the
 * reference on the open device keeps the region and the module in memory.
 */
static vm_fault_t mmapdemo_backing_fault(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	struct file *device = get_file(region->file);
	vm_fault_t ret = mmapdemo_method_planned(vmf);

	if (!ret)
		ret = backing_theirs(vmf->vma)->fault(vmf);
	if (!(ret & VM_FAULT_RETRY))
		mmapdemo_method_count(vmf, ret);
	fput(device);
	return ret;
}

/* Map nothing while there are plans, so that the kernel calls .fault for each page. */
static vm_fault_t mmapdemo_backing_map_pages(struct vm_fault *vmf,
					     pgoff_t first, pgoff_t last)
{
	struct region *region = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (!plans_none(&region->plans))
		return 0;
	ret = map_pages_by(backing_theirs(vmf->vma), vmf, first, last);
	if (ret & VM_FAULT_NOPAGE)
		mmapdemo_method_count(vmf, ret);
	return ret;
}

MAP_PAGES_HOOKS(mmapdemo_backing_map_pages)

/* ---- VMAs ---- */

static void mmapdemo_backing_vma_open(struct vm_area_struct *vma)
{
	struct region *region = vma->vm_private_data;

	get_file(region->file);
	if (backing_theirs(vma)->open)
		backing_theirs(vma)->open(vma);
}

static void mmapdemo_backing_vma_close(struct vm_area_struct *vma)
{
	struct region *region = vma->vm_private_data;

	if (backing_theirs(vma)->close)
		backing_theirs(vma)->close(vma);
	fput(region->file);
}

static void backing_ops_init(struct backing_ops *ops,
			     const struct vm_operations_struct *theirs)
{
	ops->theirs = theirs;
	ops->vm_ops = *theirs;
	ops->vm_ops.open = mmapdemo_backing_vma_open;
	ops->vm_ops.close = mmapdemo_backing_vma_close;
	ops->vm_ops.fault = mmapdemo_backing_fault;
	if (theirs->map_pages)
		ops->vm_ops.map_pages = MAP_PAGES(mmapdemo_backing_map_pages);
}

static struct backing_ops *
backing_ops_find(struct backing *backing,
		 const struct vm_operations_struct *theirs)
{
	struct backing_ops *ops;

	lockdep_assert_held(&backing->lock);
	list_for_each_entry(ops, &backing->ops, list)
		if (ops->theirs == theirs)
			return ops;
	return NULL;
}

/*
 * Return the device's copy of @theirs. If there is no copy yet, @spare becomes
 * the copy. Otherwise, @spare is freed.
 */
static const struct vm_operations_struct *
backing_wrap(struct backing *backing, struct backing_ops *spare,
	     const struct vm_operations_struct *theirs)
{
	struct backing_ops *ops;

	spin_lock(&backing->lock);
	ops = backing_ops_find(backing, theirs);
	if (!ops) {
		ops = spare;
		spare = NULL;
		backing_ops_init(ops, theirs);
		list_add(&ops->list, &backing->ops);
	}
	spin_unlock(&backing->lock);
	kfree(spare);
	return &ops->vm_ops;
}

/*
 * Return true if faults populate the VMA, if the VMA's pages are in the
 * address_space of the region's file, and if the file system keeps no private
 * data in the VMA or around its vm_ops. Files of coda do not fit: coda maps
 * another file, and keeps private data around vm_ops.
 */
static bool backing_fits(const struct backing *backing,
			 const struct vm_area_struct *vma)
{
	return vma->vm_ops && vma->vm_ops->fault && !vma->vm_private_data &&
	       !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_IO)) &&
	       file_inode(vma->vm_file) ==
			d_real_inode(backing->file->f_path.dentry) &&
	       vma->vm_file->f_mapping == backing_mapping(backing);
}

/*
 * Make the checks of do_mmap() for the file. do_mmap() itself has checked only
 * the device.
 */
static int backing_permit(struct file *file, struct vm_area_struct *vma)
{
	const struct inode *inode = file_inode(file);
	int error = file_check_seals(file, vma);

	if (error)
		return error;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	vm_flags_clear(vma, VM_MAYEXEC);
	if (!(vma->vm_flags & VM_SHARED))
		return 0;
	/*
	 * Refuse even a read-only mapping of an append-only file, because
	 * mprotect() could make the mapping writable later.
	 */
	if (IS_APPEND(inode))
		return -EACCES;
	return vma->vm_flags & VM_WRITE && IS_SWAPFILE(inode) ? -ETXTBSY : 0;
}

/**
 * mmapdemo_backing_mmap - .mmap of a file-backed region
 * @region: the region
 * @vma: the new VMA, which maps the device
 *
 * Context: mmap_lock is held for writing.
 *
 * Return: 0 if @vma is now a mapping of the file; -ENXIO if the mapping reaches
 * past the end of the region; -EPERM for PROT_EXEC, and if the file's seals
 * forbid the mapping; -ETXTBSY for a shared writable mapping of a file that is
 * used for swap; -EACCES for a shared mapping of an append-only file if the
 * device is open for writing; -ENODEV if the mapping that the file system makes
 * does not fit, see backing_fits(); -ENOMEM; or an error of the file's .mmap.
 */
int mmapdemo_backing_mmap(struct region *region, struct vm_area_struct *vma)
{
	struct backing *backing = region->backing;
	struct file *device = vma->vm_file;
	struct backing_ops *spare;
	int error;

	mmapdemo_region_add(region, REGION_MMAPS, 1);
	if (vma->vm_pgoff + vma_pages(vma) > region_end(region))
		return -ENXIO;
	error = backing_permit(backing->file, vma);
	if (error)
		return error;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare)
		return -ENOMEM;
	/*
	 * vma_mmap_file() drops the VMA's reference on the device, so take
	 * another reference.
	 */
	get_file(device);
	error = vma_mmap_file(vma, backing->file);
	if (error)
		goto err_put_device;
	error = -ENODEV;
	if (!backing_fits(backing, vma))
		goto err_unmap_file;
	vma->vm_ops = backing_wrap(backing, spare, vma->vm_ops);
	vma->vm_private_data = region;
	vm_flags_set(vma, VM_DONTEXPAND);
	mmapdemo_region_add(region, REGION_MAPPINGS, 1);
	return 0;

err_unmap_file:
	/* The kernel does not call .close if .mmap fails, so call it here. */
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	vma_unmap_file(vma, device);
err_put_device:
	fput(device);
	kfree(spare);
	return error;
}

/**
 * mmapdemo_backing_search - .get_unmapped_area of a file-backed region
 * @backing: file of the region
 * @address: as in .get_unmapped_area
 * @length: as in .get_unmapped_area
 * @pgoff: as in .get_unmapped_area
 * @flags: as in .get_unmapped_area
 *
 * Return: the address that the file system chooses for a mapping of the file, or an
 * error.
 */
unsigned long mmapdemo_backing_search(const struct backing *backing,
				      unsigned long address,
				      unsigned long length,
				      unsigned long pgoff, unsigned long flags)
{
	struct file *file = backing->file;

	if (!file->f_op->get_unmapped_area)
		return mm_get_unmapped_area(file, address, length, pgoff,
					    flags);
	return file->f_op->get_unmapped_area(file, address, length, pgoff,
					     flags);
}

/* ---- bytes ---- */

/**
 * mmapdemo_backing_bytes - get the end of a file-backed region
 * @region: the region
 *
 * Return: the size of the region or the current size of the file, whichever is less.
 */
u64 mmapdemo_backing_bytes(const struct region *region)
{
	return min_t(u64, READ_ONCE(region->size),
		     i_size_read(file_inode(region->backing->file)));
}

/*
 * Shorten an iterator to at most @room bytes. Return the number of bytes that
 * were cut off.
 */
static size_t iter_shorten(struct iov_iter *iter, u64 room)
{
	size_t count = iov_iter_count(iter);

	iov_iter_truncate(iter, room);
	return count - iov_iter_count(iter);
}

/**
 * mmapdemo_backing_read - read from the file, up to the end of the region
 * @region: the region
 * @pos: offset of the first byte, not negative
 * @to: destination
 *
 * Return: the number of bytes copied, 0 if @pos is at or past the end, or an
 * error of the file.
 */
ssize_t mmapdemo_backing_read(const struct region *region, loff_t pos,
			      struct iov_iter *to)
{
	u64 end = READ_ONCE(region->size);
	size_t past;
	ssize_t ret;

	if (pos >= end)
		return 0;
	past = iter_shorten(to, end - pos);
	ret = vfs_iter_read(region->backing->file, to, &pos, 0);
	iov_iter_reexpand(to, iov_iter_count(to) + past);
	return ret;
}

/**
 * mmapdemo_backing_write - write to the file, up to the end of the region
 * @region: the region
 * @pos: offset of the first byte, not negative
 * @from: source
 *
 * A concurrent truncation of the file takes effect before or after the write,
 * so the file may or may not contain the written bytes afterwards. write(2) to
 * the file itself behaves in the same way.
 *
 * Return: the number of bytes copied, -ENOSPC if @pos is at or past the end of
 * the region or of the file, or an error of the file.
 */
ssize_t mmapdemo_backing_write(const struct region *region, loff_t pos,
			       struct iov_iter *from)
{
	u64 end = mmapdemo_backing_bytes(region);
	size_t past;
	ssize_t ret;

	if (pos >= end)
		return -ENOSPC;
	past = iter_shorten(from, end - pos);
	ret = vfs_iter_write(region->backing->file, from, &pos, 0);
	iov_iter_reexpand(from, iov_iter_count(from) + past);
	return ret;
}

/**
 * mmapdemo_backing_sync - .fsync of a file-backed region
 * @backing: file of the region
 * @start: first byte
 * @end: last byte
 * @datasync: true if the timestamps of the file need not be written
 *
 * Return: 0, or an error of the file system. Each error is returned only once.
 */
int mmapdemo_backing_sync(const struct backing *backing, loff_t start,
			  loff_t end, int datasync)
{
	return vfs_fsync_range(backing->file, start, end, datasync);
}

/* ---- pages ---- */

/** mmapdemo_backing_resident - count the file's pages in the page cache */
u64 mmapdemo_backing_resident(const struct region *region)
{
	return backing_mapping(region->backing)->nrpages;
}

/**
 * mmapdemo_backing_state - get the state of a page of the file
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_* bits with the page frame, or 0 if the page is not in
 * the page cache or is past the end of the region.
 */
u64 mmapdemo_backing_state(const struct region *region, pgoff_t pgoff)
{
	struct page *page;
	u64 state;

	if (pgoff >= region_end(region))
		return 0;
	page = find_get_page(backing_mapping(region->backing), pgoff);
	if (!page)
		return 0;
	state = MMAPDEMO_PAGE_RESIDENT | page_to_pfn(page);
	if (compound_order(compound_head(page)) >= PMD_SHIFT - PAGE_SHIFT)
		state |= MMAPDEMO_PAGE_HUGE;
	put_page(page);
	return state;
}

/**
 * mmapdemo_backing_punch - punch a hole into the file
 * @backing: the file
 * @start: first byte, a multiple of the page size
 * @end: end of the hole, exclusive, a multiple of the page size
 *
 * Return: 0; -EOPNOTSUPP if the file system does not support holes; or another
 * error of the file system.
 */
int mmapdemo_backing_punch(const struct backing *backing, u64 start, u64 end)
{
	return vfs_fallocate(backing->file,
			     FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			     start, end - start);
}

/* ---- life cycle ---- */

/* Check that the module can read, write and map the open file. */
static int backing_check(struct file *file)
{
	const fmode_t both = FMODE_READ | FMODE_WRITE;

	if (!S_ISREG(file_inode(file)->i_mode))
		return -EINVAL;
	if ((file->f_mode & both) != both || file->f_flags & O_APPEND)
		return -EACCES;
	/*
	 * Files in /proc and /sys have no pages, and files in hugetlbfs have no
	 * small pages.
	 */
	if (!file->f_op->read_iter || !file->f_op->write_iter ||
	    file->f_op->read || file->f_op->write || !can_mmap_file(file) ||
	    file_inode(file)->i_sb->s_magic == SYSFS_MAGIC)
		return -EINVAL;
	/*
	 * DAX file systems use .huge_fault, which the device does not replace.
	 */
	if (IS_DAX(d_real_inode(file->f_path.dentry)))
		return -EINVAL;
	return 0;
}

static struct file *backing_file(int fd)
{
	struct file *theirs = fget(fd), *file;
	int error;

	if (!theirs)
		return ERR_PTR(-EBADF);
	error = backing_check(theirs);
	file = error ? ERR_PTR(error) :
		       dentry_open(&theirs->f_path, O_RDWR | O_LARGEFILE,
				   theirs->f_cred);
	fput(theirs);
	/*
	 * A file system may use different operations for each open file, so
	 * check the new open file, too.
	 */
	error = IS_ERR(file) ? 0 : backing_check(file);
	/*
	 * If a listener of fanotify(7) fills in the file, the listener must be
	 * notified before mmap_lock is taken. But .mmap is called with
	 * mmap_lock held. The first open file of a memfd never has the mode
	 * bits for such a listener, so check the file that was opened for the
	 * region.
	 */
	if (!IS_ERR(file) && !error && FMODE_FSNOTIFY_HSM(file->f_mode))
		error = -EINVAL;
	if (error) {
		fput(file);
		file = ERR_PTR(error);
	}
	return file;
}

/**
 * mmapdemo_backing_open - make a region file-backed
 * @region: the region, which has no pages yet
 * @fd: descriptor of the file in the calling process
 *
 * The region counts as a writable shared mapping of the file. So if the file is a
 * memfd, it can't be sealed against writing while the region exists.
 *
 * Return: 0; -EBADF if there is no such descriptor; -EINVAL if the file is not
 * a regular file, is in /proc or /sys, is on persistent memory (DAX), or is
 * filled in by a listener of fanotify(7) before it is read; -EACCES if the
 * descriptor was not opened for reading and writing, or was opened with
 * O_APPEND; -EPERM if the file is sealed against writing; -ENOMEM; or an error
 * of open(2).
 */
int mmapdemo_backing_open(struct region *region, int fd)
{
	struct backing *backing = kzalloc(sizeof(*backing), GFP_KERNEL_ACCOUNT);
	int error;

	if (!backing)
		return -ENOMEM;
	spin_lock_init(&backing->lock);
	INIT_LIST_HEAD(&backing->ops);
	backing->file = backing_file(fd);
	error = PTR_ERR_OR_ZERO(backing->file);
	if (error)
		goto err_free_backing;
	backing->mapping = backing->file->f_mapping;
	error = mapping_map_writable(backing->mapping);
	if (error)
		goto err_put_file;
	region->backing = backing;
	return 0;

err_put_file:
	fput(backing->file);
err_free_backing:
	kfree(backing);
	return error;
}

/**
 * mmapdemo_backing_close - drop the reference on the file of a region
 * @backing: file of a region that is no longer open or mapped
 *
 * Stored data stays in the page cache, and the file system writes it back.
 */
void mmapdemo_backing_close(struct backing *backing)
{
	struct backing_ops *ops, *next;

	list_for_each_entry_safe(ops, next, &backing->ops, list)
		kfree(ops);
	mapping_unmap_writable(backing->mapping);
	fput(backing->file);
	kfree(backing);
}
