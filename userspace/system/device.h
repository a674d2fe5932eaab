/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of /dev/mmapdemo. All functions return 0 or -errno unless noted: -ENOSYS
 * if the loaded module is older than the command.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include "mmapdemo.h"

#include <errno.h>

#include <stdbool.h>

/* strerror(3) for the errors of these functions */
const char *dev_strerror(int err);

/* Return a file descriptor, or -errno; -ENOTTY: another file has the device's name. */
int dev_open(void);

/* Read the module's information. -ENOTTY: @fd is not the device. */
int dev_info(int fd, struct mmapdemo_info *info);

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe);

/*
 * Return why calls of the function are not observed, as an errno; 0: they are observed.
 * An attached probe can have an error that only says why no direct call is attached.
 */
static inline __u32 dev_unobserved(const struct mmapdemo_probe *probe)
{
	return probe->state == MMAPDEMO_PROBE_ABSENT ||
	       probe->error == EUNATCH ? probe->error : 0;
}

/* Give an open device a region of its own. */
int dev_own(int fd, const struct mmapdemo_region *region);

/* Open the device read-write, with a region of its own. Return an fd or -errno. */
int dev_region(const struct mmapdemo_region *region);

/* Count the calls that no probe could observe since the module was loaded. */
int dev_missed(int fd, __u64 *missed);

/* Return true if a probe is attached, but ftrace or kprobes are switched off. */
bool dev_deaf(void);

/* Make one call. Repeat until @walk->start is @walk->end. */
int dev_walk(int fd, struct mmapdemo_walk *walk);

/* Return a descriptor that counts faults until it is closed, or -errno. */
int dev_count(int fd, __u32 pid, __u32 flags);

/* Read the faults that @counter has counted. */
int dev_faults(int counter, struct mmapdemo_faults *faults);

#endif /* _DEVICE_H */
