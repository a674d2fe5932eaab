// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl commands that create regions, resize regions, punch holes, query
 * pages, and inject faults.
 */
#include "common.h"
#include "uapi_struct.h"
#include "device/backing.h"
#include "device/device.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/plan.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

/*
 * The layouts of these structures are ABI: the structures have no holes, and
 * new members are only added at the end.
 */
static_assert(sizeof(struct mmapdemo_region) == 32);
static_assert(sizeof(struct mmapdemo_resize) == 16);
static_assert(sizeof(struct mmapdemo_punch) == 24);
static_assert(sizeof(struct mmapdemo_pages) == 32);
static_assert(sizeof(struct mmapdemo_plan) == 40);

/*
 * Maximum size of a region, and maximum end of a range of bytes. Offsets up to
 * RANGE_MAX fit in loff_t as bytes, and in pgoff_t as pages.
 */
#define RANGE_MAX ((u64)LLONG_MAX & PAGE_MASK)

/* ---- checks ---- */

static u64 method_block(const struct method *method)
{
	return PAGE_SIZE << method->order;
}

static bool size_valid(u64 bytes, const struct method *method)
{
	return bytes && bytes <= RANGE_MAX &&
	       IS_ALIGNED(bytes, method_block(method));
}

static bool range_valid(u64 start, u64 end, u64 block)
{
	return start <= end && end <= RANGE_MAX &&
	       IS_ALIGNED(start | end, block);
}

static int region_check(const struct mmapdemo_region *arg,
			const struct method *method)
{
	if (!method || arg->reserved || arg->flags & ~method->flags ||
	    (arg->backing && !(arg->flags & MMAPDEMO_REGION_BACKED)) ||
	    hweight32(arg->flags) > 1 || !size_valid(arg->bytes, method))
		return -EINVAL;
	return 0;
}

/*
 * If @file allows changes of the region, read the structure of a command that
 * changes the region.
 */
static int change_question(const struct file *file, const struct region *region,
			   unsigned int cmd, void *arg, size_t size,
			   const void __user *user)
{
	if (!(file->f_mode & FMODE_WRITE) || region->shared)
		return -EPERM;
	return mmapdemo_growth_question(cmd, arg, size, user);
}

/* ---- commands ---- */

static long ioctl_region(struct file *file, const void __user *user)
{
	struct mmapdemo_region arg;
	const struct method *method;
	int ret;

	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	ret = mmapdemo_growth_question(MMAPDEMO_IOC_REGION, &arg, sizeof(arg),
				       user);
	if (ret)
		return ret;
	method = mmapdemo_method_of(arg.method);
	return region_check(&arg, method) ?:
	       mmapdemo_device_own(file, arg.bytes, method, arg.flags,
				   arg.backing);
}

/* Nobody is charged for a region without a payer, so its growth requires CAP_IPC_LOCK. */
static int resize_account(const struct cred *payer, s64 bytes)
{
	if (!payer && bytes > 0 && !capable(CAP_IPC_LOCK))
		return -EPERM;
	return mmapdemo_limits_account(payer, bytes);
}

static long ioctl_resize(struct file *file, const void __user *user)
{
	struct region *region = mmapdemo_device_region(file);
	struct mmapdemo_resize arg;
	int ret = change_question(file, region, MMAPDEMO_IOC_RESIZE, &arg,
				  sizeof(arg), user);

	if (ret)
		return ret;
	if (region->method->fixed || region->backing)
		return -EOPNOTSUPP;
	if (!size_valid(arg.bytes, region->method))
		return -EINVAL;
	return mmapdemo_limits_check(arg.bytes) ?:
	       mmapdemo_region_resize(region, arg.bytes, resize_account);
}

static long ioctl_punch(struct file *file, const void __user *user)
{
	struct region *region = mmapdemo_device_region(file);
	struct mmapdemo_punch arg;
	int ret = change_question(file, region, MMAPDEMO_IOC_PUNCH, &arg,
				  sizeof(arg), user);

	if (ret)
		return ret;
	if (region->method->fixed)
		return -EOPNOTSUPP;
	if (!range_valid(arg.start, arg.end, method_block(region->method)))
		return -EINVAL;
	return mmapdemo_region_punch(region, arg.start, arg.end);
}

static long ioctl_pages(struct region *region, const void __user *user)
{
	bool frames = capable(CAP_SYS_ADMIN);
	struct mmapdemo_pages arg;
	u64 __user *pages;
	u64 at, state;
	int ret;

	ret = mmapdemo_growth_question(MMAPDEMO_IOC_PAGES, &arg, sizeof(arg),
				       user);
	if (ret)
		return ret;
	if (!range_valid(arg.start, arg.end, PAGE_SIZE))
		return -EINVAL;
	pages = u64_to_user_ptr(arg.pages);
	for (at = arg.start; at < arg.end; at += PAGE_SIZE) {
		state = region->backing ?
			mmapdemo_backing_state(region, at >> PAGE_SHIFT) :
			mmapdemo_pages_state(region, at >> PAGE_SHIFT);
		if (!frames)
			state &= ~MMAPDEMO_PAGE_FRAME;
		if (put_user(state, pages++))
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int plan_check(const struct mmapdemo_plan *plan)
{
	if (plan->answer > MMAPDEMO_PLAN_DELAY || plan->start == plan->end ||
	    !range_valid(plan->start, plan->end, PAGE_SIZE) ||
	    plan->delay > MMAPDEMO_DELAY_MAX)
		return -EINVAL;
	return !plan->delay == (plan->answer != MMAPDEMO_PLAN_DELAY) ? 0 :
								      -EINVAL;
}

static long ioctl_plan(struct file *file, const void __user *user)
{
	struct region *region = mmapdemo_device_region(file);
	struct mmapdemo_plan arg;
	int ret = change_question(file, region, MMAPDEMO_IOC_PLAN, &arg,
				  sizeof(arg), user);

	if (ret)
		return ret;
	if (!region->method->planned)
		return -EOPNOTSUPP;
	return plan_check(&arg) ?: mmapdemo_plan_add(&region->plans, &arg);
}

/**
 * mmapdemo_ioctl_region - handle the commands for regions
 * @file: an open device
 * @cmd: MMAPDEMO_IOC_*
 * @arg: user pointer to the command's structure
 *
 * Return: 0, -ENOTTY for an unknown command, or an error of the command.
 */
long mmapdemo_ioctl_region(struct file *file, unsigned int cmd,
			   void __user *arg)
{
	switch (GROWTH_COMMAND(cmd)) {
	case GROWTH_COMMAND(MMAPDEMO_IOC_REGION):
		return ioctl_region(file, arg);
	case GROWTH_COMMAND(MMAPDEMO_IOC_RESIZE):
		return ioctl_resize(file, arg);
	case GROWTH_COMMAND(MMAPDEMO_IOC_PUNCH):
		return ioctl_punch(file, arg);
	case GROWTH_COMMAND(MMAPDEMO_IOC_PAGES):
		return ioctl_pages(mmapdemo_device_region(file), arg);
	case GROWTH_COMMAND(MMAPDEMO_IOC_PLAN):
		return ioctl_plan(file, arg);
	default:
		return -ENOTTY;
	}
}
