// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/mmapdemo: a misc device that behaves like a file of fixed size whose
 * pages are created on first touch. By default, all open files of the device
 * share one region, as all open files of a regular file share its data. An open
 * file can request a separate region.
 */
#include "common.h"
#include "compat/unmapped.h"
#include "device/backing.h"
#include "device/device.h"
#include "device/inode.h"
#include "device/method.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uio.h>

static struct region *default_region;

/**
 * struct opened - an open file of the device
 * @region: the default region, or the separate region of this open file
 * @mapped: true after the first mmap() has begun. If @mapped is true, @region
 *	does not change any longer
 * @lock: protects @region, @mapped and file->f_mapping; may be taken while
 *	mmap_lock is held
 */
struct opened {
	struct region *region;
	bool mapped;
	spinlock_t lock;	/* protects the members above, and file->f_mapping */
};

/** mmapdemo_device_region - get the region of an open file */
struct region *mmapdemo_device_region(struct file *file)
{
	struct opened *opened = file->private_data;

	/*
	 * Pairs with opened_take(), which makes a region visible only after the
	 * region is initialized.
	 */
	return smp_load_acquire(&opened->region);
}

/*
 * Set f_mapping, the address_space in which the kernel keeps the VMAs that map
 * the file.
 */
static int mmapdemo_open(struct inode *inode, struct file *file)
{
	struct opened *opened = kzalloc(sizeof(*opened), GFP_KERNEL_ACCOUNT);

	if (!opened)
		return -ENOMEM;
	spin_lock_init(&opened->lock);
	opened->region = default_region;
	file->private_data = opened;
	file->f_mapping = default_region->mapping;
	return 0;
}

static void opened_free_region(struct region *region)
{
	const struct cred *payer = region->payer;
	s64 size = region->size;

	mmapdemo_region_free(region);
	mmapdemo_limits_account(payer, -size);
	put_cred(payer);
}

/*
 * No mapping exists any longer, because each mapping holds a reference on the
 * open file.
 */
static int mmapdemo_release(struct inode *inode, struct file *file)
{
	struct opened *opened = file->private_data;

	if (opened->region != default_region)
		opened_free_region(opened->region);
	kfree(opened);
	return 0;
}

static const struct file_operations mmapdemo_backed_fops;

/*
 * Replace the region, f_mapping and f_op of an open file. New drivers should
 * not copy this function. The ioctl of a new driver should return a new file,
 * and should set f_mapping before the new file has a descriptor, as vfio does.
 * The ABI of this device does not allow its ioctl to return a new file. The
 * replacement is safe because nothing depends on f_mapping and f_op before the
 * first mmap(). After the first mmap() has begun, @mapped prevents a
 * replacement.
 */
static bool opened_take(struct file *file, struct region *region)
{
	struct opened *opened = file->private_data;
	bool taken;

	spin_lock(&opened->lock);
	taken = !opened->mapped && opened->region == default_region;
	if (taken) {
		WRITE_ONCE(file->f_mapping, region->mapping);
		if (region->backing)
			WRITE_ONCE(file->f_op, &mmapdemo_backed_fops);
		/* Pairs with the smp_load_acquire() in mmapdemo_device_region(). */
		smp_store_release(&opened->region, region);
	}
	spin_unlock(&opened->lock);
	return taken;
}

/**
 * mmapdemo_device_own - give an open file a separate region
 * @file: the open file
 * @size: size of the region, as in mmapdemo_region_create()
 * @method: method to map the region, as in mmapdemo_region_create()
 * @flags: flags of the region, as in mmapdemo_region_create()
 * @fd: with MMAPDEMO_REGION_BACKED, a descriptor of the file that backs the
 *	region
 *
 * Return: 0; -EBUSY if the open file already has a separate region or was
 * mapped; -EFBIG if @size is too large; or an error of
 * mmapdemo_limits_account(), of mmapdemo_region_create() or, with
 * MMAPDEMO_REGION_BACKED, of mmapdemo_backing_open().
 */
int mmapdemo_device_own(struct file *file, u64 size,
			const struct method *method, u32 flags, int fd)
{
	const struct cred *payer = NULL;
	struct region *region;
	int ret;

	/* A file-backed region allocates no memory. */
	if (!(flags & MMAPDEMO_REGION_BACKED))
		payer = mmapdemo_limits_payer();
	ret = mmapdemo_limits_check(size) ?:
	      mmapdemo_limits_account(payer, size);
	if (ret)
		goto err_put_payer;
	region = mmapdemo_region_create(size, method, flags);
	ret = PTR_ERR_OR_ZERO(region);
	if (ret)
		goto err_account;
	region->file = file;
	region->payer = payer;
	if (flags & MMAPDEMO_REGION_BACKED)
		ret = mmapdemo_backing_open(region, fd);
	if (!ret && opened_take(file, region))
		return 0;
	opened_free_region(region);
	return ret ?: -EBUSY;

err_account:
	mmapdemo_limits_account(payer, -(s64)size);
err_put_payer:
	put_cred(payer);
	return ret;
}

static loff_t mmapdemo_llseek(struct file *file, loff_t offset, int whence)
{
	struct region *region = mmapdemo_device_region(file);

	return fixed_size_llseek(file, offset, whence,
				 mmapdemo_region_bytes(region));
}

static ssize_t mmapdemo_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct region *region = mmapdemo_device_region(iocb->ki_filp);
	ssize_t ret = mmapdemo_region_read(region, iocb->ki_pos, to);

	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

static ssize_t mmapdemo_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct region *region = mmapdemo_device_region(iocb->ki_filp);
	ssize_t ret;

	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = mmapdemo_region_bytes(region);
	ret = mmapdemo_region_write(region, iocb->ki_pos, from);
	if (ret <= 0)
		return ret;
	iocb->ki_pos += ret;
	/* If the device was opened with O_SYNC or O_DSYNC, write the data to disk now. */
	return generic_write_sync(iocb, ret);
}

static int mmapdemo_mmap_prepare(struct vm_area_desc *desc)
{
	return mmapdemo_method_mmap(mmapdemo_device_region(desc->file), desc);
}

MMAP_HOOKS(mmapdemo_mmap_prepare, mmapdemo_method_mapped)

static int mmapdemo_backed_mmap(struct file *file, struct vm_area_struct *vma)
{
	return mmapdemo_backing_mmap(mmapdemo_device_region(file), vma);
}

/*
 * Mark the open file as mapped, so that its region no longer changes. The call
 * from .get_unmapped_area is early enough: mmap() first calls
 * .get_unmapped_area, and only then uses f_mapping or calls another operation
 * of the device.
 */
static void opened_mapped(struct opened *opened)
{
	spin_lock(&opened->lock);
	opened->mapped = true;
	spin_unlock(&opened->lock);
}

/*
 * Find a range in which one page table entry can map a whole block. Search for a
 * range that is larger by one block, and then move its start up until address
 * and offset agree modulo the block size.
 */
static unsigned long
mmapdemo_get_unmapped_area(struct file *file, unsigned long address,
			   unsigned long length, unsigned long pgoff,
			   unsigned long flags)
{
	struct region *region;
	unsigned long block, found;

	opened_mapped(file->private_data);
	region = mmapdemo_device_region(file);
	if (region->backing)
		return mmapdemo_backing_search(region->backing, address,
					       length, pgoff, flags);
	block = PAGE_SIZE << region->method->order;
	if (block == PAGE_SIZE || length < block || address ||
	    flags & MAP_FIXED || length + block < length)
		return mm_get_unmapped_area(file, address, length, pgoff,
					    flags);
	found = mm_get_unmapped_area(file, 0, length + block, pgoff, flags);
	if (IS_ERR_VALUE(found))
		return mm_get_unmapped_area(file, 0, length, pgoff, flags);
	return found + (((pgoff << PAGE_SHIFT) - found) & (block - 1));
}

static int mmapdemo_fsync(struct file *file, loff_t start, loff_t end,
			  int datasync)
{
	struct region *region = mmapdemo_device_region(file);

	if (!region->backing)
		return 0;
	return mmapdemo_backing_sync(region->backing, start, end, datasync);
}

static void mmapdemo_show_fdinfo(struct seq_file *seq, struct file *file)
{
	static const char *const names[REGION_COUNTS] = {
		[REGION_RESIDENT] = "resident_pages",
		[REGION_READ] = "read_faults",
		[REGION_SHARED] = "shared_faults",
		[REGION_COW] = "cow_faults",
		[REGION_REFUSED] = "refused_faults",
		[REGION_MMAPS] = "mmaps",
		[REGION_MAPPINGS] = "mappings",
		[REGION_HUGE] = "huge_faults",
		[REGION_AROUND] = "around_pages",
		[REGION_PLANNED] = "planned_faults",
	};
	const struct region *region = mmapdemo_device_region(file);
	int i;

	seq_printf(seq, "mmapdemo-method:\t%s\n", region->method->name);
	seq_printf(seq, "mmapdemo-flags:\t%#x\n", region->flags);
	seq_printf(seq, "mmapdemo-bytes:\t%llu\n", READ_ONCE(region->size));
	for (i = 0; i < REGION_COUNTS; i++)
		seq_printf(seq, "mmapdemo-%s:\t%llu\n", names[i],
			   mmapdemo_region_count(region, i));
}

/*
 * There is no .flush, because a .flush would have to call the .flush of the
 * file that backs a region. The .flush of that file may wait for a server. With
 * a .flush, a killed task would wait for the server when it exits, even if the
 * task has never used the file. Write errors are returned by fsync(2).
 */
#define MMAPDEMO_FOPS					\
	.owner		= THIS_MODULE,			\
	.open		= mmapdemo_open,		\
	.release	= mmapdemo_release,		\
	.llseek		= mmapdemo_llseek,		\
	.read_iter	= mmapdemo_read_iter,		\
	.write_iter	= mmapdemo_write_iter,		\
	.get_unmapped_area = mmapdemo_get_unmapped_area, \
	.fsync		= mmapdemo_fsync,		\
	.unlocked_ioctl	= mmapdemo_ioctl,		\
	.compat_ioctl	= compat_ptr_ioctl,		\
	.show_fdinfo	= mmapdemo_show_fdinfo

static const struct file_operations mmapdemo_fops = {
	MMAPDEMO_FOPS,
	MMAP_HOOK(mmapdemo_mmap_prepare)
};

/*
 * Operations for a file-backed region. These operations include .mmap, because
 * the file's own .mmap needs the VMA. All other operations are those of
 * mmapdemo_fops, so an open file can switch to mmapdemo_backed_fops while the
 * open file is in use.
 */
static const struct file_operations mmapdemo_backed_fops = {
	MMAPDEMO_FOPS,
	.mmap		= mmapdemo_backed_mmap,
};

static struct miscdevice mmapdemo_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= MMAPDEMO_NAME,
	.fops	= &mmapdemo_fops,
	.mode	= 0600,
};

/** mmapdemo_device_init - create the default region and /dev/mmapdemo */
int mmapdemo_device_init(void)
{
	int ret;

	ret = mmapdemo_inode_init();
	if (ret)
		return ret;
	default_region = mmapdemo_region_create(mmapdemo_limits_default,
						&mmapdemo_method_page, 0);
	ret = PTR_ERR_OR_ZERO(default_region);
	if (ret)
		goto err_inode;
	default_region->shared = true;
	ret = misc_register(&mmapdemo_misc);
	if (ret)
		goto err_free_region;
	return 0;

err_free_region:
	mmapdemo_region_free(default_region);
err_inode:
	mmapdemo_inode_exit();
	return ret;
}

/**
 * mmapdemo_device_exit - remove /dev/mmapdemo and the default region
 *
 * The device is neither open nor mapped at this time, because an open file holds a
 * reference to the module.
 */
void mmapdemo_device_exit(void)
{
	misc_deregister(&mmapdemo_misc);
	mmapdemo_region_free(default_region);
	mmapdemo_inode_exit();
}
