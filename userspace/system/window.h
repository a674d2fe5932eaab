/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A part of an object, mapped; and copies from and to it that survive SIGBUS,
 * which the kernel sends when a page touched lies behind the end of the file
 * or can't be read.
 */
#ifndef _WINDOW_H
#define _WINDOW_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct window - a mapped part
 * @map: where it is mapped; page aligned
 * @map_length: what munmap(2) wants
 * @data: the byte asked for
 * @length: bytes at @data
 */
struct window {
	char *map;
	size_t map_length;
	char *data;
	size_t length;
};

/*
 * Maps at most @length bytes at @offset, any offset, fewer if the address
 * space has no room for all. Shared, or where the file system refuses that
 * and @prot is PROT_READ, private.
 */
int window_map(struct window *window, int fd, __u64 offset, __u64 length,
	       int prot);
void window_unmap(struct window *window);

/* msync(2): returns when the bytes are stored. */
int window_sync(struct window *window);

/* How many bytes were copied: less than @length if a page raised SIGBUS. */
size_t window_load(const struct window *window, size_t at, void *to,
		   size_t length);
size_t window_store(struct window *window, size_t at, const void *from,
		    size_t length);

#endif /* _WINDOW_H */
