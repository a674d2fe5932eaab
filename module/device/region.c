// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object that is mapped, from its first day to its last: size, limits and
 * counters. How it is mapped is told by method_page.c and its siblings, how its
 * pages are kept by pages.c.
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
 * mmapdemo_region_count - read one of the counters
 * @region: the region
 * @count: which
 *
 * Return: its value at the moment; the CPUs are asked one after the other.
 */
u64 mmapdemo_region_count(const struct region *region, enum region_count count)
{
	s64 sum = 0;
	int cpu;

	if (region->backing && count == REGION_RESIDENT)
		return mmapdemo_backing_resident(region);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(region->counts, cpu)->count[count]);
	return max_t(s64, sum, 0);
}

/* ---- life ---- */

/**
 * mmapdemo_region_create - a new region, all zeros
 * @size: bytes, a multiple of the page size and of the method's blocks
 * @method: how it is to be mapped
 * @flags: MMAPDEMO_REGION_*, of those that the method understands
 *
 * Return: the region, -ENOMEM, or what the method's @reserve fails with.
 */
struct region *mmapdemo_region_create(u64 size, const struct method *method,
				      u32 flags)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	int ret = -ENOMEM;

	if (!region)
		return ERR_PTR(-ENOMEM);
	region->inode = mmapdemo_inode_new();
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
	xa_init_flags(&region->pages, XA_FLAGS_ACCOUNT);
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

/** mmapdemo_region_free - the end of a region that nobody uses any more */
void mmapdemo_region_free(struct region *region)
{
	if (region->backing)
		mmapdemo_backing_close(region->backing);
	if (region->method->release)
		region->method->release(region);
	mmapdemo_plan_exit(&region->plans);
	if (region->counts)
		mmapdemo_pages_remove(region, 0, region_end(region) - 1);
	xa_destroy(&region->pages);
	free_percpu(region->counts);
	iput(region->inode);
	kfree(region);
}

/* ---- change ---- */

static void region_set_size(struct region *region, u64 size)
{
	lockdep_assert_held(&region->lock);
	xa_lock(&region->pages);
	WRITE_ONCE(region->size, size);
	xa_unlock(&region->pages);
}

/**
 * mmapdemo_region_resize - move the end of a region
 * @region: one of its own, whose method allows it
 * @size: bytes, as for mmapdemo_region_create()
 * @account: told by how much it is to grow, or shrank; may refuse the former
 *
 * Pages past the new end are gone afterwards, from wherever they are mapped, and
 * private copies of them as well: as truncate() does it.
 *
 * Return: 0, -EINTR when the task was killed, or what @account refused it with.
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
	region_set_size(region, size);
	if (size < old) {
		mmapdemo_pages_remove(region, size >> PAGE_SHIFT,
				      (old >> PAGE_SHIFT) - 1);
		unmap_mapping_range(region->mapping, size, old - size,
				    /* even_cows = */ 1);
		account(region->payer, size - old);
	}
out_unlock:
	mutex_unlock(&region->lock);
	return ret;
}

/**
 * mmapdemo_region_punch - free the pages of a range
 * @region: one of its own, whose method allows it
 * @start: first byte, a multiple of what the size is one of
 * @end: after the last one, the same; may be past the region's end
 *
 * Return: 0, -EINTR when the task was killed, or why there can be no hole in the
 * file that it is.
 */
int mmapdemo_region_punch(struct region *region, u64 start, u64 end)
{
	/* Its size does not change, and only the file system waits for itself. */
	if (region->backing) {
		end = min(end, region->size);
		return start < end ? mmapdemo_backing_punch(region->backing,
							    start, end) : 0;
	}
	if (mutex_lock_killable(&region->lock))
		return -EINTR;
	end = min(end, region->size);
	if (start < end)
		mmapdemo_pages_remove(region, start >> PAGE_SHIFT,
				      (end >> PAGE_SHIFT) - 1);
	mutex_unlock(&region->lock);
	return 0;
}

/**
 * mmapdemo_region_bytes - where a region ends
 * @region: the region
 *
 * Return: its size, or that of the file that it is, if that is less.
 */
u64 mmapdemo_region_bytes(const struct region *region)
{
	return region->backing ? mmapdemo_backing_bytes(region) :
				 READ_ONCE(region->size);
}
