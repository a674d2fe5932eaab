/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mapped part of an object, and copies from and to the part that survive SIGBUS. The
 * kernel sends SIGBUS when a touched page is after the end of the file, or can't be
 * read.
 */
#ifndef _WINDOW_H
#define _WINDOW_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct window - a mapped part
 * @map: address of the mapping; page aligned
 * @map_length: length for munmap(2)
 * @data: first requested byte
 * @length: bytes at @data
 */
struct window {
	char *map;
	size_t map_length;
	char *data;
	size_t length;
};

/*
 * Map up to @length bytes at any @offset, fewer if the address space has no room for
 * all. The mapping is shared. If the file system refuses that, and @prot is PROT_READ,
 * the mapping is private.
 */
int window_map(struct window *window, int fd, __u64 offset, __u64 length,
	       int prot);
void window_unmap(struct window *window);

/* Write the bytes with msync(2), which returns when they are stored. */
int window_sync(struct window *window);

/* Return how many bytes were copied: less than @length if a page raised SIGBUS. */
size_t window_load(const struct window *window, size_t at, void *to,
		   size_t length);
size_t window_store(struct window *window, size_t at, const void *from,
		    size_t length);

#endif /* _WINDOW_H */
