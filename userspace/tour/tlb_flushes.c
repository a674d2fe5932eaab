// SPDX-License-Identifier: GPL-2.0-only
#include "tour/tlb_flushes.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID "/sys/kernel/tracing/events/tlb/tlb_flush/id"

/* Return the id of the tracepoint tlb:tlb_flush, which perf needs, or -errno. */
static int read_id(void)
{
	FILE *file = fopen(ID, "re");
	int id;

	if (!file)
		return -errno;
	if (fscanf(file, "%d", &id) != 1)
		id = -EPROTO;
	fclose(file);
	return id;
}

int tlb_flushes_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
	};
	int id = read_id(), fd;

	if (id < 0)
		return id;
	attr.config = id;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* The value of TLB_FLUSH_ON_TASK_SWITCH is 0. */
	if (!ioctl(fd, PERF_EVENT_IOC_SET_FILTER, "reason != 0"))
		return fd;
	close(fd);
	return -EINVAL;
}

unsigned long long tlb_flushes_count(int counter)
{
	unsigned long long count = 0;

	return read(counter, &count, sizeof(count)) == sizeof(count) ? count :
								       0;
}
