/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of /dev/mmapdemo. All functions return 0 or -errno unless noted.
 * -ENOSYS: the loaded module is too old for the ioctl.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include "mmapdemo.h"

#include <errno.h>

#include <stdbool.h>

/* As strerror(3), for the errors of these functions. */
const char *dev_strerror(int err);

/* Return an fd or -errno; -ENOTTY: the file of this name is not the device. */
int dev_open(void);

/* Read the module's information. -ENOTTY: @fd is not the device. */
int dev_info(int fd, struct mmapdemo_info *info);

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe);

/*
 * Return the errno that says why calls of the function are not observed; 0:
 * they are observed. A probe that is attached can also have an error, which
 * says why it is not attached as a direct call.
 */
static inline __u32 dev_unobserved(const struct mmapdemo_probe *probe)
{
	return probe->state == MMAPDEMO_PROBE_ABSENT ||
	       probe->error == EUNATCH ? probe->error : 0;
}

/* Give an open device a private region. */
int dev_own(int fd, const struct mmapdemo_region *region);

/* Open the device read-write with a private region. Return an fd or -errno. */
int dev_region(const struct mmapdemo_region *region);

/* Count the calls that the probes have missed since the module was loaded. */
int dev_missed(int fd, __u64 *missed);

/* Return true if a probe is attached, but ftrace or kprobes are off. */
bool dev_deaf(void);

/* Walk a part of the range. Repeat until @walk->start is @walk->end. */
int dev_walk(int fd, struct mmapdemo_walk *walk);

/* Return a descriptor that counts faults until it is closed, or -errno. */
int dev_count(int fd, __u32 pid, __u32 flags);

/* Read the counts of @counter, a descriptor of dev_count(). */
int dev_faults(int counter, struct mmapdemo_faults *faults);

#endif /* _DEVICE_H */
