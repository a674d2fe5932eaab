/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that can be mapped: a regular file, a block device, /dev/mmapdemo. */
#ifndef _FILE_H
#define _FILE_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct file - an open file and its size
 * @fd: file descriptor
 * @size: size in bytes; 0 if not @sized
 * @sized: the size is known: false for a character device that does not report its size
 * @grows: a regular file, whose end can move
 */
struct file {
	int fd;
	__u64 size;
	bool sized;
	bool grows;
};

/*
 * Open @path with the flags of open(2). Return -EISDIR, -ESPIPE for a file that has no
 * bytes at offsets, or the error of open(2).
 */
int file_open(struct file *object, const char *path, int flags);
void file_close(struct file *object);

/* Name of a method to map /dev/mmapdemo, enum mmapdemo_by; NULL after the last. */
const char *file_method(int method);

/*
 * Give /dev/mmapdemo, open for reading and writing, its own region of 2 MiB that is
 * mapped by @method. -ENOTTY: @object is not /dev/mmapdemo.
 */
int file_own(struct file *object, int method);

/* Read the size again: a file may have shrunk. */
int file_measure(struct file *object);

/* Make a file at least @size bytes long; -ENOSPC if it can't grow. */
int file_grow(struct file *object, __u64 size);

/* Return the text for the errors of file_open() and window_map(). */
const char *file_strerror(int err);

#endif /* _FILE_H */
