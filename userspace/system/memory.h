/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that map and touch memory for demonstrations, and that read the
 * state of memory from /proc.
 */
#ifndef _MEMORY_H
#define _MEMORY_H

#include "system/smaps.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MEMORY_PAGE 4096UL
#define MEMORY_HUGE (2UL << 20)

/*
 * Return the start of a free range of addresses, or NULL. At least 1 GiB above
 * the range is free, too.
 */
char *memory_hole(size_t length, size_t alignment);

/*
 * Map private anonymous memory read-write at @at. If @at is NULL, the kernel
 * chooses the address. Return the address, or NULL on failure.
 */
char *memory_map(char *at, size_t length);

/* Create a sparse temporary file of @length bytes. Return a descriptor or -errno. */
int memory_file(size_t length);

/*
 * Read or write the byte at an address. Return 0, or the signal that the access
 * raised.
 */
int memory_touch(volatile char *at, bool write);

/* Return the entry of /proc/PID/pagemap for an address, or 0 on failure. */
__u64 memory_entry(pid_t pid, const volatile void *at);

#define MEMORY_PRESENT (1ULL << 63)
#define MEMORY_SWAPPED (1ULL << 62)

/*
 * Return the page frame number at @at. Return 0 if there is no page, or if the
 * number is hidden because the user is not root.
 */
__u64 memory_frame(pid_t pid, const volatile void *at);

/* Return true if page frame numbers are visible. The test uses a single page. */
bool memory_shows_frames(void);

/* Return how many pages of a range are present. */
size_t memory_present(const volatile char *start, size_t length);

/*
 * Return the number of VMAs in a range, or -1 on failure. Copy the first VMA to
 * @first, unless @first is NULL.
 */
int memory_vmas(const volatile char *start, size_t length, struct vma *first);

#endif /* _MEMORY_H */
