/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader of the metadata of a recording, which meta_write.h writes. */
#ifndef _META_READ_H
#define _META_READ_H

#include "base/pids.h"
#include "event/maps.h"

#include <stdbool.h>

struct json_object;

/**
 * struct meta - metadata of a recording
 * @object: JSON of meta_write.h; holds all texts
 * @title: the command or process
 * @pid: the process, or the first of several; 0: a command
 * @pids: all processes
 * @kernel: release of the kernel
 * @page_bytes: size of a page
 * @levels: levels of the page table, 0: unknown
 * @dev: device number of /dev/mmapdemo, as in events
 * @ino: inode of /dev/mmapdemo, 0: unknown
 * @max_map_count: limit of VMAs per process, 0: unknown
 * @memory_bytes: memory of the machine, or of the cgroup if that is less; 0:
 *	unknown
 * @thp: which anonymous memory gets huge pages: "always", "madvise", "never"
 * @lost: events without room in the buffer
 * @missed: calls that could not be observed
 * @gaps: number of sentences about what else is missing
 */
struct meta {
	struct json_object *object;
	char title[256];
	__u32 pid;
	struct pids pids;
	const char *kernel;
	__u64 page_bytes;
	int levels;
	__u32 dev;
	__u64 ino;
	__u64 max_map_count;
	__u64 memory_bytes;
	const char *thp;
	__u64 lost;
	__u64 missed;
	size_t gaps;
};

/** struct meta_file - path of a file, and its build id, "" if unknown */
struct meta_file {
	const char *path;
	const char *build_id;
};

/* Read the metadata out of @object. Missing members become 0 or "". */
void meta_read(struct meta *meta, struct json_object *object);

/*
 * Call @seed for one task of each initial address space, and @join for each other
 * task that shares the address space of task @with. Return 0, -ENOMEM, or the error
 * of @seed or @join.
 */
int meta_tasks(const struct meta *meta,
	       int (*seed)(int tid, const struct maps *maps, bool hide,
			   void *data),
	       int (*join)(int tid, int with, void *data), void *data);

/* Return a sentence about what is missing. */
const char *meta_gap(const struct meta *meta, size_t index);

/* Find a file. Return false if the file is not listed. The texts stay with @meta. */
bool meta_file(const struct meta *meta, __u32 dev, __u64 ino,
	       struct meta_file *file);

/*
 * Call @visit for every function that was not observed, with the names of the
 * affected events and the error.
 */
void meta_absent(const struct meta *meta,
		 void (*visit)(const char *function, const char *events,
			       int error, void *data), void *data);

#endif /* _META_READ_H */
