/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/mmapdemo, asked through its ioctls. All return 0 or -errno: -ENOSYS when the
 * module that is loaded is older than the command.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include "mmapdemo.h"

#include <errno.h>

#include <stdbool.h>

/* strerror(3) of what these return */
const char *dev_strerror(int err);

/* A file descriptor, or -errno; -ENOTTY: another file has that name. */
int dev_open(void);

/* Fails with -ENOTTY if @fd is not the device. */
int dev_info(int fd, struct mmapdemo_info *info);

int dev_probe(int fd, __u32 index, struct mmapdemo_probe *probe);

/*
 * Why calls of the function are not observed, an errno; 0: they are. An attached
 * probe may have an error, too: why not by a direct call.
 */
static inline __u32 dev_unobserved(const struct mmapdemo_probe *probe)
{
	return probe->state == MMAPDEMO_PROBE_ABSENT ||
	       probe->error == EUNATCH ? probe->error : 0;
}

/* Gives an open device a region of its own. */
int dev_own(int fd, const struct mmapdemo_region *region);

/* The device, to read and to write, with a region of one's own; or -errno. */
int dev_region(const struct mmapdemo_region *region);

/* Calls that no probe could observe, since the module was loaded. */
int dev_missed(int fd, __u64 *missed);

/* Is something attached, and is not called because ftrace is switched off? */
bool dev_deaf(void);

/* One call; ask again until @walk->start is @walk->end. */
int dev_walk(int fd, struct mmapdemo_walk *walk);

/* A descriptor that counts faults until it is closed; or -errno. */
int dev_count(int fd, __u32 pid, __u32 flags);

/* What it has counted. */
int dev_faults(int counter, struct mmapdemo_faults *faults);

#endif /* _DEVICE_H */
