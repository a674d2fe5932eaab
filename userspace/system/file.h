/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that can be mapped: regular files, block devices, /dev/mmapdemo. */
#ifndef _FILE_H
#define _FILE_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct file - an open file and its size
 * @fd: file descriptor
 * @size: size in bytes; 0 if not @sized
 * @sized: the size is known. Some character devices do not report it
 * @grows: the file is regular, so its size can change
 */
struct file {
	int fd;
	__u64 size;
	bool sized;
	bool grows;
};

/*
 * Open @path with the flags of open(2). Return -EISDIR, -ESPIPE for a file that
 * has no offsets, or the error of open(2).
 */
int file_open(struct file *object, const char *path, int flags);
void file_close(struct file *object);

/* Return the name of enum mmapdemo_by number @method; NULL after the last. */
const char *file_method(int method);

/*
 * Give /dev/mmapdemo, which must be open read-write, a private region of 2 MiB
 * that is mapped by @method. -ENOTTY: @object is not /dev/mmapdemo.
 */
int file_own(struct file *object, int method);

/* Read the size again: the file may have shrunk. */
int file_measure(struct file *object);

/* Extend a file to at least @size bytes. -ENOSPC: it can't grow. */
int file_grow(struct file *object, __u64 size);

/* Return the text for an error of file_open() or window_map(). */
const char *file_strerror(int err);

#endif /* _FILE_H */
