/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of our own to show things with, and what /proc says of it. */
#ifndef _MEMORY_H
#define _MEMORY_H

#include "system/smaps.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MEMORY_PAGE 4096UL
#define MEMORY_HUGE (2UL << 20)

/* A range of addresses with nothing in it and far below everything; NULL. */
char *memory_hole(size_t length, size_t alignment);

/* Private anonymous memory, to read and write, at @at; NULL: anywhere. */
char *memory_map(char *at, size_t length);

/* A temporary file of so many bytes, all holes; -errno. */
int memory_file(size_t length);

/* Reads a byte, or writes it; 0, or the signal that this raised. */
int memory_touch(volatile char *at, bool write);

/* The entry of /proc/PID/pagemap, 0: there is none. */
__u64 memory_entry(pid_t pid, const volatile void *at);

#define MEMORY_PRESENT (1ULL << 63)
#define MEMORY_SWAPPED (1ULL << 62)

/* Its page frame; 0: not present, or only root may know. */
__u64 memory_frame(pid_t pid, const volatile void *at);

/* Are frames told? Of a page that is surely present. */
bool memory_shows_frames(void);

/* How many pages of a range are present. */
size_t memory_present(const volatile char *start, size_t length);

/* VMAs of the range; the first one is copied. -1: not known. */
int memory_vmas(const volatile char *start, size_t length, struct vma *first);

#endif /* _MEMORY_H */
