// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl commands of uapi/mmapdemo.h. Apart from main.c, only this file uses both
 * the device and the tracer. The commands for regions are in ioctl_region.c.
 */
#include "common.h"
#include "uapi_struct.h"
#include "device/device.h"
#include "device/method.h"
#include "device/region.h"
#include "mmapdemo.h"
#include "probe/probes.h"
#include "target.h"
#include "trace/selftest.h"
#include "trace/stats.h"
#include "walk/range.h"
#include "walk/runs.h"
#include "walk/walk.h"

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

/*
 * The layouts of these structures are ABI: the structures have no holes, and
 * new members are only added at the end.
 */
static_assert(sizeof(struct mmapdemo_info) == 48);
static_assert(sizeof(struct mmapdemo_stat) == 104);
static_assert(sizeof(struct mmapdemo_probe) == 128);
static_assert(sizeof(struct mmapdemo_walk) == 56);
static_assert(sizeof(struct mmapdemo_run) == 32);
static_assert(sizeof(struct mmapdemo_count) == 16);
static_assert(sizeof(struct mmapdemo_selftest) == 184);

#define ALL_LEVELS (MMAPDEMO_LEVEL_PGD | MMAPDEMO_LEVEL_P4D | \
		    MMAPDEMO_LEVEL_PUD | MMAPDEMO_LEVEL_PMD | \
		    MMAPDEMO_LEVEL_PTE)
static_assert(ALL_LEVELS == BIT(LEVELS) - 1);
static_assert(MMAPDEMO_LEVEL_PTE == BIT(LEVEL_PTE));
static_assert(MMAPDEMO_RUNS_MIN == LEVELS);

/* Maximum number of runs that one call returns. RUNS_MAX runs take 256 KiB. */
#define RUNS_MAX 8192

static long ioctl_info(struct region *region, void __user *arg)
{
	struct mmapdemo_info info = {
		.size = sizeof(info),
		.features = MMAPDEMO_FEATURE_STAT | MMAPDEMO_FEATURE_PROBE |
			    MMAPDEMO_FEATURE_DMESG | MMAPDEMO_FEATURE_WALK |
			    MMAPDEMO_FEATURE_COUNT | MMAPDEMO_FEATURE_REGION |
			    MMAPDEMO_FEATURE_SELFTEST |
			    (IS_ENABLED(CONFIG_PER_VMA_LOCK) ?
				     MMAPDEMO_FEATURE_VMA_LOCK : 0),
		.events = BIT(MMAPDEMO_EVENTS) - 1,
		.region_bytes = READ_ONCE(region->size),
		.page_bytes = PAGE_SIZE,
		.levels = mmapdemo_walk_levels(),
		.probes = mmapdemo_probes_count(),
	};

	return mmapdemo_growth_answer(arg, &info, sizeof(info));
}

static long ioctl_stat(struct region *region, void __user *arg)
{
	struct mmapdemo_stat stat = {
		.size = sizeof(stat),
		.bytes = READ_ONCE(region->size),
		.resident_pages = mmapdemo_region_count(region,
							REGION_RESIDENT),
		.read_faults = mmapdemo_region_count(region, REGION_READ),
		.shared_faults = mmapdemo_region_count(region, REGION_SHARED),
		.cow_faults = mmapdemo_region_count(region, REGION_COW),
		.refused_faults = mmapdemo_region_count(region, REGION_REFUSED),
		.mmaps = mmapdemo_region_count(region, REGION_MMAPS),
		.mappings = mmapdemo_region_count(region, REGION_MAPPINGS),
		.huge_faults = mmapdemo_region_count(region, REGION_HUGE),
		.around_pages = mmapdemo_region_count(region, REGION_AROUND),
		.planned_faults = mmapdemo_region_count(region, REGION_PLANNED),
		.method = mmapdemo_method_number(region->method),
		.flags = region->flags,
	};

	return mmapdemo_growth_answer(arg, &stat, sizeof(stat));
}

/*
 * The first members of the structures of MMAPDEMO_IOC_PROBE and
 * MMAPDEMO_IOC_SELFTEST.
 */
struct numbered {
	u64 size;
	u32 number;
};

static_assert(offsetof(struct mmapdemo_probe, index) ==
	      offsetof(struct numbered, number));
static_assert(offsetof(struct mmapdemo_selftest, event) ==
	      offsetof(struct numbered, number));

/*
 * Read the number of the probe or of the event for which the caller requests
 * data.
 */
static int numbered_question(u32 *number, const void __user *arg)
{
	const struct numbered __user *theirs = arg;
	u64 size;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (get_user(size, &theirs->size))
		return -EFAULT;
	if (size < offsetofend(struct numbered, number))
		return -EINVAL;
	return get_user(*number, &theirs->number);
}

static long ioctl_probe(void __user *arg)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };
	int ret = numbered_question(&probe.index, arg);

	if (!ret)
		ret = mmapdemo_probes_read(probe.index, &probe);
	if (ret)
		return ret;
	return mmapdemo_growth_answer(arg, &probe, sizeof(probe));
}

static long ioctl_selftest(void __user *arg)
{
	struct mmapdemo_selftest test = { .size = sizeof(test) };
	int ret = numbered_question(&test.event, arg);

	if (!ret)
		ret = mmapdemo_selftest_read(test.event, &test);
	if (ret)
		return ret;
	return mmapdemo_growth_answer(arg, &test, sizeof(test));
}

static int walk_check(const struct mmapdemo_walk *walk)
{
	if (walk->reserved || walk->flags & ~MMAPDEMO_WALK_CONTINUE ||
	    walk->levels & ~ALL_LEVELS || walk->room < MMAPDEMO_RUNS_MIN)
		return -EINVAL;
	if (!IS_ALIGNED(walk->start | walk->end, PAGE_SIZE) ||
	    walk->start > walk->end)
		return -EINVAL;
	return 0;
}

static void walk_begin(const struct mmapdemo_walk *walk, struct runs *runs)
{
	int level;

	runs->levels = walk->levels ?: ALL_LEVELS;
	runs->frames = capable(CAP_SYS_ADMIN);
	if (!(walk->flags & MMAPDEMO_WALK_CONTINUE))
		return;
	for (level = 0; level < LEVELS; level++)
		runs->last[level].until = walk->start;
}

/*
 * Copy the runs, walk->start, walk->flags and walk->count to the caller. The
 * caller's arg->size stays unchanged.
 */
static int walk_end(const struct mmapdemo_walk *walk, const struct runs *runs,
		    struct mmapdemo_walk __user *arg)
{
	if (copy_to_user(u64_to_user_ptr(walk->runs), runs->run,
			 runs->count * sizeof(*runs->run)) ||
	    put_user(walk->start, &arg->start) ||
	    put_user(walk->flags | MMAPDEMO_WALK_CONTINUE, &arg->flags) ||
	    put_user(runs->count, &arg->count))
		return -EFAULT;
	return 0;
}

static long ioctl_walk(struct mmapdemo_walk __user *arg)
{
	struct runs runs = { };
	struct mmapdemo_walk walk;
	struct mm_struct *mm;
	int ret;

	ret = mmapdemo_growth_question(MMAPDEMO_IOC_WALK, &walk, sizeof(walk),
				       arg) ?:
	      walk_check(&walk);
	if (ret)
		return ret;
	mm = mmapdemo_target_mm(walk.pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	runs.room = min_t(u32, walk.room, RUNS_MAX);
	runs.run = kvmalloc_array(runs.room, sizeof(*runs.run),
				  GFP_KERNEL_ACCOUNT);
	if (!runs.run) {
		ret = -ENOMEM;
		goto err_put_mm;
	}
	walk_begin(&walk, &runs);
	ret = mmapdemo_walk_range(mm, &walk.start, walk.end, &runs);
	/*
	 * Drop the reference to the address space before copying to user space.
	 * The copy can block for any length of time, and the memory of an
	 * exiting process is freed only when the last reference to its address
	 * space is dropped.
	 */
	mmput(mm);
	ret = ret ?: walk_end(&walk, &runs, arg);
	kvfree(runs.run);
	return ret;

err_put_mm:
	mmput(mm);
	return ret;
}

static long ioctl_count(const void __user *arg)
{
	struct mmapdemo_count count;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = mmapdemo_growth_question(MMAPDEMO_IOC_COUNT, &count,
				       sizeof(count), arg);
	if (ret)
		return ret;
	if (count.flags & ~(MMAPDEMO_COUNT_ALL | MMAPDEMO_COUNT_PARTS |
			    MMAPDEMO_COUNT_HUGE) ||
	    (count.flags & MMAPDEMO_COUNT_ALL && count.pid))
		return -EINVAL;
	return mmapdemo_stats_open(count.pid, count.flags);
}

/**
 * mmapdemo_ioctl - unlocked_ioctl of /dev/mmapdemo
 * @file: an open device
 * @cmd: MMAPDEMO_IOC_*
 * @arg: user pointer to the command's structure
 *
 * Return: 0, a new file descriptor, -ENOTTY for an unknown command, or an error
 * of the command.
 */
long mmapdemo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (GROWTH_COMMAND(cmd)) {
	case GROWTH_COMMAND(MMAPDEMO_IOC_INFO):
		return ioctl_info(mmapdemo_device_region(file), user);
	case GROWTH_COMMAND(MMAPDEMO_IOC_STAT):
		return ioctl_stat(mmapdemo_device_region(file), user);
	case GROWTH_COMMAND(MMAPDEMO_IOC_PROBE):
		return ioctl_probe(user);
	case GROWTH_COMMAND(MMAPDEMO_IOC_WALK):
		return ioctl_walk(user);
	case GROWTH_COMMAND(MMAPDEMO_IOC_COUNT):
		return ioctl_count(user);
	case GROWTH_COMMAND(MMAPDEMO_IOC_SELFTEST):
		return ioctl_selftest(user);
	default:
		return mmapdemo_ioctl_region(file, cmd, user);
	}
}
