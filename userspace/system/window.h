/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A window is a mapped part of a file. window_load() and window_store() handle
 * SIGBUS, which the kernel sends if the accessed page is after the end of the
 * file, or can't be read.
 */
#ifndef _WINDOW_H
#define _WINDOW_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct window - a mapped part of a file
 * @map: address of the mapping; page aligned
 * @map_length: length for munmap(2)
 * @data: pointer to the first requested byte
 * @length: number of bytes at @data
 */
struct window {
	char *map;
	size_t map_length;
	char *data;
	size_t length;
};

/*
 * Map up to @length bytes at @offset. @offset need not be aligned. Map fewer
 * bytes if the address space has no room. Try a shared mapping first. If @prot is
 * PROT_READ and the file system refuses a shared mapping, make a private mapping.
 */
int window_map(struct window *window, int fd, __u64 offset, __u64 length,
	       int prot);
void window_unmap(struct window *window);

/* Write the window with msync(2), which returns when the data are on the disk. */
int window_sync(struct window *window);

/*
 * window_load() copies bytes from the window. window_store() copies bytes to the
 * window. Both functions return the number of copied bytes, which is less than
 * @length after a SIGBUS.
 */
size_t window_load(const struct window *window, size_t at, void *to,
		   size_t length);
size_t window_store(struct window *window, size_t at, const void *from,
		    size_t length);

#endif /* _WINDOW_H */
