/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be mapped: a regular file, a block device, /dev/mmapdemo. */
#ifndef _FILE_H
#define _FILE_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct file - an open file and its size
 * @fd: file descriptor
 * @size: in bytes; 0 when it is not @sized
 * @sized: false for a character device that does not tell its size
 * @grows: a regular file: its end can move
 */
struct file {
	int fd;
	__u64 size;
	bool sized;
	bool grows;
};

/*
 * Opens @path, with the flags and mode of open(2). -EISDIR, -ESPIPE for what
 * has no bytes at an offset, or the error of open(2).
 */
int file_open(struct file *object, const char *path, int flags);
void file_close(struct file *object);

/* A method to map /dev/mmapdemo, enum mmapdemo_by; NULL after the last. */
const char *file_method(int method);

/*
 * Gives /dev/mmapdemo, open to read and to write, a region of its own, of 2 MiB, that
 * is mapped by a method. -ENOTTY: @object is none.
 */
int file_own(struct file *object, int method);

/* Asks for the size again: a file may have shrunk. */
int file_measure(struct file *object);

/* Makes a file at least @size bytes long; -ENOSPC if it can't be. */
int file_grow(struct file *object, __u64 size);

/* Why, in words, for the errors of file_open() and window_map(). */
const char *file_strerror(int err);

#endif /* _FILE_H */
