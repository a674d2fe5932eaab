// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits on the size of regions. Module parameters limit the size of each
 * region, and the total size of all regions. RLIMIT_MEMLOCK limits the regions
 * of each user. Pages are allocated on first touch, but a program may touch all
 * pages. So the whole size of a region counts.
 *
 * Like the memory of mlock(2), memfd_secret(2) and io_uring, the memory of a
 * region is never swapped out. As with io_uring and AF_XDP, a region is charged
 * to a user, not to a process, because the region may outlive its process, and
 * may be passed to other processes. Callers with CAP_IPC_LOCK are exempt from
 * RLIMIT_MEMLOCK. Only root may open the device, so RLIMIT_MEMLOCK mainly
 * limits processes that received a descriptor.
 */
#include "common.h"
#include "device/device.h"

#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/string.h>
#include <linux/sysfs.h>

unsigned long long mmapdemo_limits_default = 64ULL << 20;

/* The limits in bytes; 0 stands for half of the machine's memory. */
static unsigned long long region_max;
static unsigned long long regions_max;

/* Total size of all regions except the default one, in bytes. */
static atomic64_t regions_bytes;

static unsigned long long half_of_memory(void)
{
	return (((unsigned long long)totalram_pages() << PAGE_SHIFT) / 2) &
	       PAGE_MASK;
}

/*
 * Parse a size in bytes, such as 64M, 1G or 0x1000. memparse() would not notice an
 * overflow.
 */
static int parse_size(const char *text, size_t length, unsigned long long *size)
{
	static const char suffixes[] = "KMG";
	const char *suffix;
	char number[24];

	if (!length || length >= sizeof(number))
		return -EINVAL;
	suffix = strchr(suffixes, toupper(text[length - 1]));
	strscpy(number, text, suffix ? length : length + 1);
	if (kstrtoull(number, 0, size))
		return -EINVAL;
	return suffix && check_shl_overflow(*size, 10 * (suffix - suffixes + 1), size) ?
	       -EINVAL : 0;
}

static int limits_set(const char *value, const struct kernel_param *param)
{
	int length = strcspn(value, "\n");
	unsigned long long size;

	if (parse_size(value, length, &size)) {
		pr_err("%s=%.*s: must be a number of bytes, such as 64M\n", param->name,
		       length, value);
		return -EINVAL;
	}
	if (!size || size % PAGE_SIZE || size > half_of_memory()) {
		pr_err("%s=%.*s: must be a positive multiple of %lu bytes, and at most %llu bytes (half of the RAM)\n",
		       param->name, length, value, PAGE_SIZE, half_of_memory());
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
MODULE_PARM_DESC(size, "size of the memory of /dev/mmapdemo in bytes, with an optional suffix K, M or G (default 64M)");
module_param_cb(region_max, &limits_ops, &region_max, 0644);
MODULE_PARM_DESC(region_max, "maximum size in bytes of one region made by MMAPDEMO_IOC_REGION (default: half of the RAM)");
module_param_cb(regions_max, &limits_ops, &regions_max, 0644);
MODULE_PARM_DESC(regions_max, "maximum total size in bytes of all regions made by MMAPDEMO_IOC_REGION (default: half of the RAM)");

/**
 * mmapdemo_limits_check - check that the size of a region is at most region_max
 * @size: in bytes
 *
 * Return: 0 or -EFBIG.
 */
int mmapdemo_limits_check(u64 size)
{
	return size <= (READ_ONCE(region_max) ?: half_of_memory()) ? 0 : -EFBIG;
}

/**
 * mmapdemo_limits_payer - get the credentials to charge for the caller's new region
 *
 * Return: credentials for mmapdemo_limits_account(), or NULL if the caller has
 * CAP_IPC_LOCK and is not charged. The caller calls put_cred() after all
 * charges were released.
 */
const struct cred *mmapdemo_limits_payer(void)
{
	return capable(CAP_IPC_LOCK) ? NULL : get_current_cred();
}

/* Charge the memory to a user, as io_uring does. */
static int user_charge(struct user_struct *user, unsigned long pages)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	long old = atomic_long_read(&user->locked_vm);

	do {
		if (old + pages > limit)
			return -ENOMEM;
	} while (!atomic_long_try_cmpxchg(&user->locked_vm, &old, old + pages));
	return 0;
}

static void user_uncharge(struct user_struct *user, unsigned long pages)
{
	atomic_long_sub(pages, &user->locked_vm);
}

static int regions_grow(u64 bytes)
{
	u64 limit = READ_ONCE(regions_max) ?: half_of_memory();
	s64 old = atomic64_read(&regions_bytes);

	do {
		if (old + bytes > limit)
			return -ENOSPC;
	} while (!atomic64_try_cmpxchg(&regions_bytes, &old, old + bytes));
	return 0;
}

/**
 * mmapdemo_limits_account - charge the growth of a region, or release a charge
 * @payer: credentials of the user to charge, or NULL
 * @bytes: change of size, a multiple of the page size; negative if the region
 *	shrinks
 *
 * A growing region is checked against the RLIMIT_MEMLOCK of the caller, even if
 * the caller is not the payer.
 *
 * Return: 0; -ENOSPC if all regions together would exceed regions_max; -ENOMEM
 * if the payer would exceed the RLIMIT_MEMLOCK of the caller.
 */
int mmapdemo_limits_account(const struct cred *payer, s64 bytes)
{
	int ret;

	if (bytes < 0) {
		atomic64_add(bytes, &regions_bytes);
		if (payer)
			user_uncharge(payer->user, -bytes >> PAGE_SHIFT);
		return 0;
	}
	ret = regions_grow(bytes);
	if (ret || !payer)
		return ret;
	ret = user_charge(payer->user, bytes >> PAGE_SHIFT);
	if (ret)
		atomic64_sub(bytes, &regions_bytes);
	return ret;
}
