/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of /dev/mmapdemo. All functions return 0 or -errno, unless noted
 * otherwise. -ENOSYS means that the loaded module is too old for the ioctl.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include "mmapdemo.h"

#include <errno.h>

#include <stdbool.h>

/* Return the text of an error that these functions return. */
const char *dev_strerror(int err);

/*
 * Open the device. Return a descriptor, -ENOTTY if the file with the device's
 * name is not a character device, or another -errno.
 */
int dev_open(void);

/* Read the module's information. Return -ENOTTY if @fd is not the device. */
int dev_info(int fd, struct mmapdemo_info *info);

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe);

/*
 * Read the result of the self test for an event. If the module is too old for this
 * ioctl, the result is that nobody requested the self test.
 */
int dev_selftest(int fd, __u32 event, struct mmapdemo_selftest *test);

/*
 * Return the errno that says why calls of the function are not observed, or 0
 * if the calls are observed. For an attached probe, mmapdemo_probe.error has
 * another meaning: the reason why the probe is not attached as a direct call.
 */
static inline __u32 dev_unobserved(const struct mmapdemo_probe *probe)
{
	return probe->state == MMAPDEMO_PROBE_ABSENT ||
	       probe->error == EUNATCH ? probe->error : 0;
}

/* Give an open device a private region. */
int dev_own(int fd, const struct mmapdemo_region *region);

/* Open the device read-write with a private region. Return a descriptor or -errno. */
int dev_region(const struct mmapdemo_region *region);

/* Get the number of calls that the probes have missed since the module was loaded. */
int dev_missed(int fd, __u64 *missed);

/* Return true if a probe is attached, but ftrace or kprobes are switched off. */
bool dev_deaf(void);

/*
 * Walk a part of the range. Repeat the call until @walk->start is equal to
 * @walk->end.
 */
int dev_walk(int fd, struct mmapdemo_walk *walk);

/*
 * Start to count faults, and the parts of their time, unless the module is too old
 * for the parts. Return a descriptor or -errno. Closing the descriptor ends the
 * count.
 */
int dev_count(int fd, __u32 pid, __u32 flags);

/* Read the counts of @counter, which is a descriptor from dev_count(). */
int dev_faults(int counter, struct mmapdemo_faults *faults);

#endif /* _DEVICE_H */
