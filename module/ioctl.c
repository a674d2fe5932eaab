// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of uapi/mmapdemo.h: the one file that sees both halves.
 */
#include "common.h"
#include "compat/uaccess.h"
#include "device.h"
#include "mmapdemo.h"
#include "probes.h"
#include "region.h"
#include "walk.h"

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/kernel.h>

/* The layout is the ABI: no holes, and it only grows. */
static_assert(sizeof(struct mmapdemo_info) == 48);
static_assert(sizeof(struct mmapdemo_stat) == 72);
static_assert(sizeof(struct mmapdemo_probe) == 112);

/**
 * answer - copy a structure out, as much of it as the caller knows
 * @arg: the caller's structure, which begins with its __u64 size
 * @out: ours
 * @size: of ours
 *
 * Return: 0, -EINVAL when the caller's is too short to hold its size,
 * -E2BIG when it can't be one of ours, -EFAULT.
 */
static int answer(void __user *arg, const void *out, size_t size)
{
	u64 theirs;

	if (get_user(theirs, (u64 __user *)arg))
		return -EFAULT;
	if (theirs < sizeof(theirs))
		return -EINVAL;
	if (theirs > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_to_user(arg, theirs, out, size, NULL);
}

static long ioctl_info(struct region *region, void __user *arg)
{
	struct mmapdemo_info info = {
		.size = sizeof(info),
		.features = MMAPDEMO_FEATURE_STAT | MMAPDEMO_FEATURE_PROBE |
			    MMAPDEMO_FEATURE_DMESG |
			    (IS_ENABLED(CONFIG_PER_VMA_LOCK) ?
				     MMAPDEMO_FEATURE_VMA_LOCK : 0),
		.events = BIT(MMAPDEMO_EVENTS) - 1,
		.region_bytes = region->size,
		.page_bytes = PAGE_SIZE,
		.levels = mmapdemo_walk_levels(),
		.probes = mmapdemo_probes_count(),
	};

	return answer(arg, &info, sizeof(info));
}

static long ioctl_stat(struct region *region, void __user *arg)
{
	struct mmapdemo_stat stat = {
		.size = sizeof(stat),
		.bytes = region->size,
		.resident_pages = mmapdemo_region_count(region,
							REGION_RESIDENT),
		.read_faults = mmapdemo_region_count(region, REGION_READ),
		.shared_faults = mmapdemo_region_count(region, REGION_SHARED),
		.cow_faults = mmapdemo_region_count(region, REGION_COW),
		.refused_faults = mmapdemo_region_count(region, REGION_REFUSED),
		.mmaps = mmapdemo_region_count(region, REGION_MMAPS),
		.mappings = mmapdemo_region_count(region, REGION_MAPPINGS),
	};

	return answer(arg, &stat, sizeof(stat));
}

static long ioctl_probe(void __user *arg)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };
	struct mmapdemo_probe __user *theirs = arg;
	u64 size;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (get_user(size, &theirs->size))
		return -EFAULT;
	if (size < offsetofend(struct mmapdemo_probe, index))
		return -EINVAL;
	if (get_user(probe.index, &theirs->index))
		return -EFAULT;
	ret = mmapdemo_probes_tell(probe.index, &probe);
	if (ret)
		return ret;
	return answer(arg, &probe, sizeof(probe));
}

/**
 * mmapdemo_ioctl - unlocked_ioctl of /dev/mmapdemo
 * @file: an open device
 * @cmd: MMAPDEMO_IOC_*
 * @arg: user pointer to the command's structure
 *
 * Return: 0, -ENOTTY for an unknown command, or what the command says.
 */
long mmapdemo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case MMAPDEMO_IOC_INFO:
		return ioctl_info(file->private_data, user);
	case MMAPDEMO_IOC_STAT:
		return ioctl_stat(file->private_data, user);
	case MMAPDEMO_IOC_PROBE:
		return ioctl_probe(user);
	default:
		return -ENOTTY;
	}
}
