/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of this process for demonstrations, and its state from /proc. */
#ifndef _MEMORY_H
#define _MEMORY_H

#include "system/smaps.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MEMORY_PAGE 4096UL
#define MEMORY_HUGE (2UL << 20)

/* Return a free range of addresses far below all mappings, or NULL. */
char *memory_hole(size_t length, size_t alignment);

/* Map private anonymous memory read-write at @at; NULL: anywhere. */
char *memory_map(char *at, size_t length);

/* Create a sparse temporary file of @length bytes. Return an fd or -errno. */
int memory_file(size_t length);

/* Read or write a byte. Return 0, or the signal that the access raised. */
int memory_touch(volatile char *at, bool write);

/* Return the entry of /proc/PID/pagemap, 0: there is none. */
__u64 memory_entry(pid_t pid, const volatile void *at);

#define MEMORY_PRESENT (1ULL << 63)
#define MEMORY_SWAPPED (1ULL << 62)

/* Return the page frame number at @at; 0: no page, or hidden from non-root. */
__u64 memory_frame(pid_t pid, const volatile void *at);

/* Return true if page frame numbers are visible, by testing one page. */
bool memory_shows_frames(void);

/* Return how many pages of a range are present. */
size_t memory_present(const volatile char *start, size_t length);

/* Return the number of VMAs in a range, and copy the first one. -1: unknown. */
int memory_vmas(const volatile char *start, size_t length, struct vma *first);

#endif /* _MEMORY_H */
