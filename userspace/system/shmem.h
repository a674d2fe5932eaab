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

/**
 * struct shmem - list of devices
 * @devs: device numbers, as in struct vma
 * @count: number of entries in @devs
 */
struct shmem {
	__u32 *devs;
	size_t count;
};

/*
 * Find the shmem devices that a process can reach. If memory runs out, the list
 * is incomplete.
 */
void shmem_find(struct shmem *shmem, int pid);
bool shmem_has(const struct shmem *shmem, __u32 dev);
void shmem_free(struct shmem *shmem);

#endif /* _SHMEM_H */
