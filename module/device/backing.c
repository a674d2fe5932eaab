// SPDX-License-Identifier: GPL-2.0-only
/*
 * A regular file as the memory of a region.
 *
 * The pages of a file are in the page cache, and its file system knows how they
 * are read, when a store needs room on the disk, and when they are written. A
 * driver that copied them would have to do all of that again: wait for a frozen
 * file system, be killed while it waits, never write what ftruncate() cut off,
 * charge the writes to the cgroup that stored. So a mapping of the region is a
 * mapping of the file: .mmap replaces vma->vm_file and calls the file's own .mmap,
 * as overlayfs [backing_file_mmap()] and coda [coda_file_mmap()] do.
 *
 * The file system leaves its vm_ops in the VMA. We put a copy of them in their
 * place, with four hooks of ours:
 *
 * .fault	answers as planned, or calls the file system's, and counts.
 * .map_pages	maps nothing while there are plans, and counts as well.
 * .open	is called for each new VMA of the mapping, by fork() or a split, and
 * .close	for each that goes. The VMA holds the file, not the device: so each
 *		VMA has a reference on the open device, which the two get and put,
 *		and region and module stay.
 *
 * .page_mkwrite and all others are the file system's: a store is noticed, its time
 * is recorded, and it is written, as in any other mapping of the file.
 *
 * The region has an end of its own, and a size that does not change. mm maps large
 * folios whole, and looks at the end of the VMA and of the file only. So the end of
 * the region is one of its VMAs: none goes past it, or grows. It is no protection:
 * who may map the region may map the file, and remap_file_pages(2) does. The price of
 * VM_DONTEXPAND is that mlock(2) passes over such VMAs, and says nothing of it.
 *
 * A security module is asked for the mapping of the device only. New kernels have
 * security_mmap_backing_file() for a file that was opened as the one under another,
 * which ours was not.
 */
#include "common.h"
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
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uio.h>

/**
 * struct backing - the file of a region
 * @file: an open file of our own: what others do with theirs, as setting
 *	O_APPEND, does not concern it
 * @mapping: of @file when it was opened, counted as writable
 * @lock: a leaf lock
 * @ops: list of struct backing_ops; entries stay until the region ends
 */
struct backing {
	struct file *file;
	struct address_space *mapping;
	spinlock_t lock;	/* of @ops */
	struct list_head ops;
};

/**
 * struct backing_ops - what the VMAs of a region have as vm_ops
 * @vm_ops: a copy of @theirs, with our hooks in it
 * @theirs: the file system's. One file system may have several, so a region has
 *	one of these for each
 * @list: in struct backing
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

/* Where the file's pages are: overlayfs has those of another file system's inode. */
static struct address_space *backing_mapping(const struct backing *backing)
{
	return d_real_inode(backing->file->f_path.dentry)->i_mapping;
}

/* ---- faults ---- */

/*
 * The file system may give back the lock and return VM_FAULT_RETRY: the VMA may be
 * gone then. The open device keeps the region, and the code that is returned to.
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

/* While there are plans .fault is asked for each page. */
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

MAP_PAGES_OF(mmapdemo_backing_map_pages)

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
		ops->vm_ops.map_pages =
			MAP_PAGES_NAME(mmapdemo_backing_map_pages);
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

/* @spare is taken, or freed when there are such vm_ops already. */
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
 * Faults of pages that we know where to find, and nobody else's data in the VMA or
 * around its vm_ops: coda maps another file, and looks for its own there.
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

/* As path_noexec(), which modules can't call. */
static bool backing_noexec(const struct path *path)
{
	return path->mnt->mnt_flags & MNT_NOEXEC ||
	       path->mnt->mnt_sb->s_iflags & SB_I_NOEXEC;
}

/* What do_mmap() asks of the file that it knows: that of the device. */
static int backing_permit(struct file *file, struct vm_area_struct *vma)
{
	const struct inode *inode = file_inode(file);
	int error = file_check_seals(file, vma);

	if (error)
		return error;
	if (backing_noexec(&file->f_path)) {
		if (vma->vm_flags & VM_EXEC)
			return -EPERM;
		vm_flags_clear(vma, VM_MAYEXEC);
	}
	if ((vma->vm_flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return 0;
	if (IS_SWAPFILE(inode))
		return -ETXTBSY;
	return IS_APPEND(inode) ? -EACCES : 0;
}

/**
 * mmapdemo_backing_mmap - .mmap of a region that is a file
 * @region: the region
 * @vma: the mapping to be, of the device
 *
 * Context: mmap_lock is held for writing.
 *
 * Return: 0, with @vma a mapping of the file; -ENXIO past the end of the region;
 * -EPERM for PROT_EXEC, if its mount is noexec, and for stores into a file that is
 * sealed; -ETXTBSY or -EACCES for stores into a file that is used for swap, or may
 * only be appended to; -ENODEV when the file system maps it by other means than
 * faults, -ENOMEM, or what its .mmap returns.
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
	/* For the mapping; the VMA's own reference goes with vma->vm_file. */
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
	/* The kernel does not, when .mmap fails. */
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	vma_unmap_file(vma, device);
err_put_device:
	fput(device);
	kfree(spare);
	return error;
}

/**
 * mmapdemo_backing_search - .get_unmapped_area of a region that is a file
 * @backing: its file
 * @address: as there
 * @length: as there
 * @pgoff: as there
 * @flags: as there
 *
 * Return: where the file system wants a mapping of the file to be, or an error.
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
 * mmapdemo_backing_bytes - where a region that is a file ends
 * @region: the region
 *
 * Return: its own size, or that of the file as of now, whichever is less.
 */
u64 mmapdemo_backing_bytes(const struct region *region)
{
	return min_t(u64, READ_ONCE(region->size),
		     i_size_read(file_inode(region->backing->file)));
}

/**
 * mmapdemo_backing_read - read(2), of the file, inside of the region
 * @region: the region
 * @pos: first byte, not negative
 * @to: where the bytes go
 *
 * Return: bytes copied, 0 at or past the end, or the file's error.
 */
ssize_t mmapdemo_backing_read(const struct region *region, loff_t pos,
			      struct iov_iter *to)
{
	u64 end = READ_ONCE(region->size);
	size_t count = iov_iter_count(to);
	ssize_t ret;

	if (pos >= end)
		return 0;
	iov_iter_truncate(to, end - pos);
	ret = vfs_iter_read(region->backing->file, to, &pos, 0);
	iov_iter_reexpand(to, count - max_t(ssize_t, ret, 0));
	return ret;
}

/**
 * mmapdemo_backing_write - write(2), to the file, inside of the region
 * @region: the region
 * @pos: first byte, not negative
 * @from: where the bytes come from
 *
 * A truncation of the file at the same time comes before or after it, as it would
 * with a write(2) to the file: the file has the bytes then, or not.
 *
 * Return: bytes copied, -ENOSPC at or past the end of the region or of the file,
 * or the file's error.
 */
ssize_t mmapdemo_backing_write(const struct region *region, loff_t pos,
			       struct iov_iter *from)
{
	u64 end = mmapdemo_backing_bytes(region);
	size_t count = iov_iter_count(from);
	ssize_t ret;

	if (pos >= end)
		return -ENOSPC;
	iov_iter_truncate(from, end - pos);
	ret = vfs_iter_write(region->backing->file, from, &pos, 0);
	iov_iter_reexpand(from, count - max_t(ssize_t, ret, 0));
	return ret;
}

/**
 * mmapdemo_backing_sync - .fsync of a region that is a file
 * @backing: its file
 * @start: first byte
 * @end: last byte
 * @datasync: the file's times do not matter
 *
 * Return: 0, or an error of the file system, once.
 */
int mmapdemo_backing_sync(const struct backing *backing, loff_t start,
			  loff_t end, int datasync)
{
	return vfs_fsync_range(backing->file, start, end, datasync);
}

/* ---- pages ---- */

/** mmapdemo_backing_resident - pages of the file in the page cache */
u64 mmapdemo_backing_resident(const struct region *region)
{
	return backing_mapping(region->backing)->nrpages;
}

/**
 * mmapdemo_backing_state - what the page cache has of the file
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_*, with the frame; 0: nothing.
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
 * mmapdemo_backing_punch - make a hole in the file
 * @backing: the file
 * @start: first byte, a multiple of the page size
 * @end: after the last one, a multiple as well
 *
 * Return: 0, -EOPNOTSUPP when the file system can't, or another error of it.
 */
int mmapdemo_backing_punch(const struct backing *backing, u64 start, u64 end)
{
	return vfs_fallocate(backing->file,
			     FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			     start, end - start);
}

/* ---- life ---- */

/* May this open file be read, written and mapped, anywhere, by us? */
static int backing_check(struct file *file)
{
	const fmode_t both = FMODE_READ | FMODE_WRITE;

	if (!S_ISREG(file_inode(file)->i_mode))
		return -EINVAL;
	if ((file->f_mode & both) != both || file->f_flags & O_APPEND)
		return -EACCES;
	/* Files of /proc and /sys are no memory, those of hugetlbfs not in pages. */
	if (!file->f_op->read_iter || !file->f_op->write_iter ||
	    file->f_op->read || file->f_op->write || !can_mmap_file(file) ||
	    file_inode(file)->i_sb->s_magic == SYSFS_MAGIC)
		return -EINVAL;
	/* Their faults may be answered by .huge_fault, of which we know nothing. */
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
	/* A file system may give each open file other operations. */
	error = IS_ERR(file) ? 0 : backing_check(file);
	/*
	 * Somebody fills it in when it is mapped, and is asked before mmap_lock. Only
	 * of a file that was opened by its name this is known.
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
 * mmapdemo_backing_open - have a region be a file
 * @region: of which nothing was touched yet
 * @fd: the file, a descriptor of the caller
 *
 * The region is one more who may store into a shared mapping of the file: a memfd
 * can't be sealed against that meanwhile.
 *
 * Return: 0; -EBADF when there is no such descriptor; -EINVAL when it is not of a
 * regular file, of one of /proc or /sys, of one on persistent memory (DAX), or of one
 * that fanotify(7) watches to fill it in before it is read;
 * -EACCES when it was not opened for reading and writing, or with O_APPEND; -EPERM
 * when the file is sealed; -ENOMEM, and what open(2) may return.
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
 * mmapdemo_backing_close - let go of the file
 * @backing: of a region that nobody has open or mapped
 *
 * What was stored is in the page cache, and the file system's to write.
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
