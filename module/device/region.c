// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life cycle, size and counters of regions. method_*.c contains the methods to
 * map a region, and pages.c manages the pages of a region.
 */
#include "common.h"
#include "device/backing.h"
#include "device/inode.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>

/* ---- counters ---- */

/**
 * mmapdemo_region_count - read a counter of a region
 * @region: the region
 * @count: the counter
 *
 * Return: the current value, summed over all CPUs. The per-CPU counters are
 * read one after another, not at one moment.
 */
u64 mmapdemo_region_count(const struct region *region, enum region_count count)
{
	s64 sum = 0;
	int cpu;

	if (count == REGION_RESIDENT)
		return region->backing ? mmapdemo_backing_resident(region) :
					 READ_ONCE(region->mapping->nrpages);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(region->counts, cpu)->count[count]);
	return max_t(s64, sum, 0);
}

/* ---- life cycle ---- */

/**
 * mmapdemo_region_create - create a region, which is filled with zeros
 * @size: size in bytes, a multiple of the page size and of the method's block
 *	size
 * @method: method to map the region
 * @flags: MMAPDEMO_REGION_* that the method supports
 *
 * Return: the region, -ENOMEM, or an error of the method's @reserve.
 */
struct region *mmapdemo_region_create(u64 size, const struct method *method,
				      u32 flags)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	int ret = -ENOMEM;

	if (!region)
		return ERR_PTR(-ENOMEM);
	region->inode = mmapdemo_inode_new(method->order);
	if (IS_ERR(region->inode)) {
		ret = PTR_ERR(region->inode);
		kfree(region);
		return ERR_PTR(ret);
	}
	region->mapping = region->inode->i_mapping;
	region->size = size;
	region->method = method;
	region->flags = flags;
	mutex_init(&region->lock);
	mmapdemo_plan_init(&region->plans);
	region->counts = alloc_percpu_gfp(struct region_counts,
					  GFP_KERNEL_ACCOUNT);
	if (!region->counts)
		goto err_free_region;
	ret = method->reserve ? method->reserve(region) : 0;
	if (ret)
		goto err_free_region;
	return region;

err_free_region:
	mmapdemo_region_free(region);
	return ERR_PTR(ret);
}

/** mmapdemo_region_free - free a region that is no longer in use */
void mmapdemo_region_free(struct region *region)
{
	if (region->backing)
		mmapdemo_backing_close(region->backing);
	if (region->method->release)
		region->method->release(region);
	mmapdemo_plan_exit(&region->plans);
	free_percpu(region->counts);
	iput(region->inode);
	kfree(region);
}

/* ---- changes ---- */

/**
 * mmapdemo_region_resize - change the size of a region
 * @region: a region whose method allows the change; not the default region
 * @size: new size in bytes, as in mmapdemo_region_create()
 * @account: charges the change of size. Before the region grows, @account is
 *	called and may fail. After the region has shrunk, @account is called
 *	with a negative number of bytes
 *
 * When the function returns, the pages past the new end are unmapped everywhere
 * and freed, together with all private copies of these pages, as after
 * truncate().
 *
 * Return: 0, -EINTR if the task was killed, or an error of @account.
 */
int mmapdemo_region_resize(struct region *region, u64 size,
			   int (*account)(const struct cred *payer, s64 bytes))
{
	u64 old;
	int ret = 0;

	if (mutex_lock_killable(&region->lock))
		return -EINTR;
	old = region->size;
	if (size > old)
		ret = account(region->payer, size - old);
	if (ret)
		goto out_unlock;
	mmapdemo_pages_set_end(region, size);
	if (size < old)
		account(region->payer, size - old);
out_unlock:
	mutex_unlock(&region->lock);
	return ret;
}

/**
 * mmapdemo_region_punch - free the pages of a range
 * @region: a region whose method allows the change; not the default region
 * @start: first byte, a multiple of the method's block size
 * @end: end of the range, exclusive, a multiple of the method's block size; may
 *	be past the region's end
 *
 * Return: 0, -EINTR if the task was killed, or, for a file-backed region, an
 * error of the file system.
 */
int mmapdemo_region_punch(struct region *region, u64 start, u64 end)
{
	/*
	 * No lock is needed: the size of a file-backed region never changes, and
	 * the file system does its own locking.
	 */
	if (region->backing) {
		end = min(end, region->size);
		return start < end ? mmapdemo_backing_punch(region->backing,
							    start, end) : 0;
	}
	if (mutex_lock_killable(&region->lock))
		return -EINTR;
	end = min(end, region->size);
	if (start < end)
		mmapdemo_pages_punch(region, start, end);
	mutex_unlock(&region->lock);
	return 0;
}

/**
 * mmapdemo_region_bytes - get the end of a region
 * @region: the region
 *
 * Return: the size of the region, or the size of its file if the file is
 * smaller.
 */
u64 mmapdemo_region_bytes(const struct region *region)
{
	return region->backing ? mmapdemo_backing_bytes(region) :
				 READ_ONCE(region->size);
}
