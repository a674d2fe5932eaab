/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of the file systems that a process can reach. */
#ifndef _MOUNTS_H
#define _MOUNTS_H

#include <linux/types.h>
#include <stddef.h>

#define MOUNT_TYPE_MAX 16

/**
 * struct mount - a file system
 * @dev: device number, as in struct vma
 * @type: type, such as "ext4"
 */
struct mount {
	__u32 dev;
	char type[MOUNT_TYPE_MAX];
};

/** struct mounts - list of file systems */
struct mounts {
	struct mount *list;
	size_t count;
};

/*
 * Call @see with @data for each line "36 35 98:0 /root /mount options optional ... - type
 * source options" of /proc/PID/mountinfo. If the file can't be opened, there are no lines.
 */
void mounts_each(int pid, void (*see)(void *data, const char *line), void *data);

/* Find the file systems. If memory runs out, the list is incomplete. */
void mounts_find(struct mounts *mounts, int pid);

/* Return the type of the file system on a device, or "" if it is not known. */
const char *mounts_type(const struct mounts *mounts, __u32 dev);
void mounts_free(struct mounts *mounts);

#endif /* _MOUNTS_H */
