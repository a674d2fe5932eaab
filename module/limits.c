// SPDX-License-Identifier: GPL-2.0-only
/*
 * How large regions may be, each and together: module parameters, in bytes.
 * Memory is only taken when pages are touched, but may be taken then.
 */
#include "common.h"
#include "device.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

unsigned long long mmapdemo_limits_default = 64ULL << 20;

/* 0: half of the memory */
static unsigned long long region_max;
static unsigned long long regions_max;

/* What regions of one's own have together. */
static atomic64_t regions_bytes;

static unsigned long long half_of_memory(void)
{
	return (((unsigned long long)totalram_pages() << PAGE_SHIFT) / 2) &
	       PAGE_MASK;
}

/* Accepts 64M, 1G, 0x1000. */
static int limits_set(const char *value, const struct kernel_param *param)
{
	unsigned long long size;
	char *end;

	size = memparse(value, &end);
	if (end == value || (*end && strcmp(end, "\n"))) {
		pr_err("%s=%s: not a number of bytes, as in 64M\n", param->name,
		       value);
		return -EINVAL;
	}
	if (!size || size % PAGE_SIZE || size > half_of_memory()) {
		pr_err("%s=%s: must be a multiple of %lu and at most half of the memory, %llu\n",
		       param->name, value, PAGE_SIZE, half_of_memory());
		return -EINVAL;
	}
	WRITE_ONCE(*(unsigned long long *)param->arg, size);
	return 0;
}

static int limits_get(char *buffer, const struct kernel_param *param)
{
	unsigned long long size = *(unsigned long long *)param->arg;

	return sysfs_emit(buffer, "%llu\n", size ?: half_of_memory());
}

static const struct kernel_param_ops limits_ops = {
	.set = limits_set,
	.get = limits_get,
};

module_param_cb(size, &limits_ops, &mmapdemo_limits_default, 0444);
MODULE_PARM_DESC(size, "bytes behind /dev/mmapdemo, with K, M or G (default 64M)");
module_param_cb(region_max, &limits_ops, &region_max, 0644);
MODULE_PARM_DESC(region_max, "bytes that a region of one's own may have (default half of the memory)");
module_param_cb(regions_max, &limits_ops, &regions_max, 0644);
MODULE_PARM_DESC(regions_max, "bytes that all of them may have together (default half of the memory)");

/**
 * mmapdemo_limits_check - may a region be as large?
 * @size: in bytes
 *
 * Return: 0 or -EFBIG.
 */
int mmapdemo_limits_check(u64 size)
{
	return size <= (READ_ONCE(region_max) ?: half_of_memory()) ? 0 : -EFBIG;
}

/**
 * mmapdemo_limits_account - regions grow, or shrink
 * @bytes: by how much; negative if they shrink
 *
 * Return: 0, or -ENOSPC when they would have too much together.
 */
int mmapdemo_limits_account(s64 bytes)
{
	u64 limit = READ_ONCE(regions_max) ?: half_of_memory();

	if (atomic64_add_return(bytes, &regions_bytes) <= limit || bytes < 0)
		return 0;
	atomic64_sub(bytes, &regions_bytes);
	return -ENOSPC;
}
