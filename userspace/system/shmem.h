/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices of shmem: tmpfs, and shared anonymous memory. smaps does not show
 * whether a file is on such a device.
 */
#ifndef _SHMEM_H
#define _SHMEM_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define SHMEM_HUGE_MAX 12

/**
 * struct shmem_dev - a device
 * @dev: device number, as in struct vma
 * @huge: the mount option "huge"; "": the option was not given
 */
struct shmem_dev {
	__u32 dev;
	char huge[SHMEM_HUGE_MAX];
};

/**
 * struct shmem - list of devices
 * @devs: the devices. If the first device could be found, it is the device of
 *	memfd, SysV and shared anonymous memory, which is not mounted anywhere
 * @count: number of entries in @devs
 * @hidden: the first device was found
 */
struct shmem {
	struct shmem_dev *devs;
	size_t count;
	bool hidden;
};

/*
 * Find the shmem devices that a process can reach. If memory runs out, the list
 * is incomplete.
 */
void shmem_find(struct shmem *shmem, int pid);
bool shmem_has(const struct shmem *shmem, __u32 dev);
/* Return the device @dev, or NULL if this is no device of shmem. */
const struct shmem_dev *shmem_dev(const struct shmem *shmem, __u32 dev);

/* Return true if @dev is the device that is not mounted. */
bool shmem_is_hidden(const struct shmem *shmem, __u32 dev);
void shmem_free(struct shmem *shmem);

#endif /* _SHMEM_H */
