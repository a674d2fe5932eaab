// SPDX-License-Identifier: GPL-2.0-only
#include "dev.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int dev_open(void)
{
	int fd = open(MMAPDEMO_DEVICE, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int dev_info(int fd, struct mmapdemo_info *info)
{
	*info = (struct mmapdemo_info){ .size = sizeof(*info) };
	return ioctl(fd, MMAPDEMO_IOC_INFO, info) ? -errno : 0;
}

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe)
{
	*probe = (struct mmapdemo_probe){
		.size = sizeof(*probe),
		.index = index,
	};
	return ioctl(fd, MMAPDEMO_IOC_PROBE, probe) ? -errno : 0;
}

int dev_own(int fd, const struct mmapdemo_region *region)
{
	return ioctl(fd, MMAPDEMO_IOC_REGION, region) ? -errno : 0;
}

int dev_region(const struct mmapdemo_region *region)
{
	int fd = open(MMAPDEMO_DEVICE, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = dev_own(fd, region);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int dev_missed(int fd, __u64 *missed)
{
	struct mmapdemo_probe probe;
	struct mmapdemo_info info;
	int err = dev_info(fd, &info);

	*missed = 0;
	for (__u32 i = 0; !err && i < info.probes; i++) {
		err = dev_probe(fd, i, &probe);
		if (!err)
			*missed += probe.missed;
	}
	return err;
}

int dev_walk(int fd, struct mmapdemo_walk *walk)
{
	return ioctl(fd, MMAPDEMO_IOC_WALK, walk) ? -errno : 0;
}

int dev_count(int fd, __u32 pid, __u32 flags)
{
	struct mmapdemo_count count = {
		.size = sizeof(count), .pid = pid, .flags = flags,
	};
	int counter = ioctl(fd, MMAPDEMO_IOC_COUNT, &count);

	return counter < 0 ? -errno : counter;
}

int dev_faults(int counter, struct mmapdemo_faults *faults)
{
	memset(faults, 0, sizeof(*faults));
	return read(counter, faults, sizeof(*faults)) < 0 ? -errno : 0;
}
