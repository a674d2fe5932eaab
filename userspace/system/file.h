/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that can be mapped: regular files, block devices and /dev/mmapdemo. */
#ifndef _FILE_H
#define _FILE_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct file - an open file and its size
 * @fd: file descriptor
 * @size: size in bytes; 0 if @sized is not set
 * @sized: the size is known. Some character devices do not report their size
 * @grows: the file is a regular file, whose size can change
 */
struct file {
	int fd;
	__u64 size;
	bool sized;
	bool grows;
};

/*
 * Open @path with the flags of open(2). Return 0, -EISDIR for a directory,
 * -ESPIPE for a pipe or socket, or the error of open(2).
 */
int file_open(struct file *object, const char *path, int flags);
void file_close(struct file *object);

/*
 * Return the name of the method @method (enum mmapdemo_by), or NULL after the
 * last method.
 */
const char *file_method(int method);

/*
 * Give an open /dev/mmapdemo a private region of 2 MiB, which @method will map.
 * The device must be open read-write. Return -ENOTTY if @object is not
 * /dev/mmapdemo.
 */
int file_own(struct file *object, int method);

/* Read the current size of the file. Return 0 or -errno. */
int file_measure(struct file *object);

/* Extend a file to at least @size bytes. Return -ENOSPC if the file can't grow. */
int file_grow(struct file *object, __u64 size);

/* Return the message for an error of file_open() or window_map(). */
const char *file_strerror(int err);

#endif /* _FILE_H */
