// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/mmapdemo: a misc device that behaves like a file of fixed size whose
 * pages come into being when they are touched. All who open it share one
 * region, as they would share a file.
 */
#include "common.h"
#include "device.h"
#include "region.h"

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uio.h>

#define DEFAULT_SIZE (64ULL << 20)

static unsigned long long device_size = DEFAULT_SIZE;
static struct region *default_region;

static unsigned long long device_size_max(void)
{
	return ((unsigned long long)totalram_pages() << PAGE_SHIFT) / 2;
}

/* Accepts 64M, 1G, 0x1000. */
static int device_size_set(const char *value, const struct kernel_param *param)
{
	unsigned long long size;
	char *end;

	size = memparse(value, &end);
	if (end == value || (*end && strcmp(end, "\n"))) {
		pr_err("size=%s: not a number of bytes, as in 64M\n", value);
		return -EINVAL;
	}
	if (!size || size % PAGE_SIZE || size > device_size_max()) {
		pr_err("size=%s: must be a multiple of %lu and at most half of the memory, %llu\n",
		       value, PAGE_SIZE, device_size_max() & PAGE_MASK);
		return -EINVAL;
	}
	device_size = size;
	return 0;
}

static const struct kernel_param_ops device_size_ops = {
	.set = device_size_set,
	.get = param_get_ullong,
};

module_param_cb(size, &device_size_ops, &device_size, 0444);
MODULE_PARM_DESC(size, "bytes behind /dev/mmapdemo, with K, M or G (default 64M)");

static struct region *file_region(struct file *file)
{
	return file->private_data;
}

static int mmapdemo_open(struct inode *inode, struct file *file)
{
	file->private_data = mmapdemo_region_get(default_region);
	return 0;
}

static int mmapdemo_release(struct inode *inode, struct file *file)
{
	mmapdemo_region_put(file_region(file));
	return 0;
}

static loff_t mmapdemo_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence,
				 file_region(file)->size);
}

static ssize_t mmapdemo_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t ret = mmapdemo_region_read(file_region(iocb->ki_filp),
					   iocb->ki_pos, to);

	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

static ssize_t mmapdemo_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t ret;

	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = file_region(iocb->ki_filp)->size;
	ret = mmapdemo_region_write(file_region(iocb->ki_filp), iocb->ki_pos,
				    from);
	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

/* A mapping may begin or reach past the end: touching it there is SIGBUS. */
static int mmapdemo_mmap_prepare(struct vm_area_desc *desc)
{
	mmapdemo_region_prepare(file_region(desc->file), desc);
	return 0;
}

MMAP_HOOKS(mmapdemo_mmap_prepare, mmapdemo_region_mapped)

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
	};
	const struct region *region = file_region(file);
	int i;

	seq_printf(seq, "mmapdemo-bytes:\t%llu\n", region->size);
	for (i = 0; i < REGION_COUNTS; i++)
		seq_printf(seq, "mmapdemo-%s:\t%llu\n", names[i],
			   mmapdemo_region_count(region, i));
}

static const struct file_operations mmapdemo_fops = {
	.owner		= THIS_MODULE,
	.open		= mmapdemo_open,
	.release	= mmapdemo_release,
	.llseek		= mmapdemo_llseek,
	.read_iter	= mmapdemo_read_iter,
	.write_iter	= mmapdemo_write_iter,
	MMAP_HOOK(mmapdemo_mmap_prepare)
	.fsync		= noop_fsync,	/* there is nothing behind the pages */
	.unlocked_ioctl	= mmapdemo_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.show_fdinfo	= mmapdemo_show_fdinfo,
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

	default_region = mmapdemo_region_create(device_size);
	if (!default_region)
		return -ENOMEM;
	ret = misc_register(&mmapdemo_misc);
	if (ret)
		goto err_put_region;
	return 0;

err_put_region:
	mmapdemo_region_put(default_region);
	return ret;
}

/**
 * mmapdemo_device_exit - remove both
 *
 * Nobody has the device open or mapped: that holds a reference on the module.
 */
void mmapdemo_device_exit(void)
{
	misc_deregister(&mmapdemo_misc);
	mmapdemo_region_put(default_region);
}
