// SPDX-License-Identifier: GPL-2.0-only
#include "system/device.h"
#include "event/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Number of MMAPDEMO_IOC_PROBE in modules without mmapdemo_probe.inside */
#define PROBE_BEFORE_INSIDE _IOC(_IOC_READ | _IOC_WRITE, 0xde, 2, 112)

const char *dev_strerror(int err)
{
	if (err == -ENOSYS)
		return "the loaded module is older than this program and does "
		       "not support this command; load the matching module";
	return name_error(-err);
}

/*
 * Return the result of the ioctl, or -errno. -ENOSYS means that the module
 * lacks the command.
 */
static int ask(int fd, unsigned long command, const void *arg)
{
	int ret = ioctl(fd, command, arg);

	if (ret >= 0)
		return ret;
	return errno == ENOTTY ? -ENOSYS : -errno;
}

int dev_open(void)
{
	int fd = open(MMAPDEMO_DEVICE, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISCHR(st.st_mode))
		return fd;
	close(fd);
	return -ENOTTY;
}

int dev_info(int fd, struct mmapdemo_info *info)
{
	*info = (struct mmapdemo_info){ .size = sizeof(*info) };
	return ioctl(fd, MMAPDEMO_IOC_INFO, info) ? -errno : 0;
}

/* Return true if kprobes are switched off. If there is no debugfs, return false. */
static bool kprobes_are_off(void)
{
	FILE *file = fopen("/sys/kernel/debug/kprobes/enabled", "re");
	bool off = file && getc(file) == '0';

	if (file)
		fclose(file);
	return off;
}

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe)
{
	int err;

	*probe = (struct mmapdemo_probe){
		.size = sizeof(*probe),
		.index = index,
	};
	err = ask(fd, MMAPDEMO_IOC_PROBE, probe);
	if (err == -ENOSYS)
		err = ask(fd, PROBE_BEFORE_INSIDE, probe);
	/*
	 * The module sees only that ftrace calls a tracer at this function.
	 * The tracer need not be kprobes.
	 */
	if (!err && probe->state == MMAPDEMO_PROBE_ARMED &&
	    probe->method == MMAPDEMO_METHOD_KRETPROBE && kprobes_are_off())
		probe->error = EUNATCH;
	return err;
}

int dev_selftest(int fd, __u32 event, struct mmapdemo_selftest *test)
{
	int err;

	*test = (struct mmapdemo_selftest){
		.size = sizeof(*test),
		.event = event,
	};
	err = ask(fd, MMAPDEMO_IOC_SELFTEST, test);
	if (err != -ENOSYS)
		return err;
	test->error = ECANCELED;
	return 0;
}

int dev_own(int fd, const struct mmapdemo_region *region)
{
	return ask(fd, MMAPDEMO_IOC_REGION, region);
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

static bool deaf(int fd)
{
	struct mmapdemo_probe probe;

	for (__u32 i = 0; !dev_probe(fd, i, &probe); i++) {
		if (probe.state == MMAPDEMO_PROBE_ARMED &&
		    probe.error == EUNATCH)
			return true;
	}
	return false;
}

bool dev_deaf(void)
{
	int fd = dev_open();
	bool is_deaf;

	if (fd < 0)
		return false;
	is_deaf = deaf(fd);
	close(fd);
	return is_deaf;
}

int dev_walk(int fd, struct mmapdemo_walk *walk)
{
	return ask(fd, MMAPDEMO_IOC_WALK, walk);
}

int dev_count(int fd, __u32 pid, __u32 flags)
{
	struct mmapdemo_count count = {
		.size = sizeof(count), .pid = pid,
		.flags = flags | MMAPDEMO_COUNT_PARTS,
	};
	int counter = ask(fd, MMAPDEMO_IOC_COUNT, &count);

	if (counter != -EINVAL)
		return counter;
	count.flags = flags;
	return ask(fd, MMAPDEMO_IOC_COUNT, &count);
}

int dev_faults(int counter, struct mmapdemo_faults *faults)
{
	memset(faults, 0, sizeof(*faults));
	return read(counter, faults, sizeof(*faults)) < 0 ? -errno : 0;
}
