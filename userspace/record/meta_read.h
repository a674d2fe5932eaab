/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader of the metadata of a recording. meta_write.h describes the metadata. */
#ifndef _META_READ_H
#define _META_READ_H

#include "base/pids.h"
#include "event/maps.h"

#include <stdbool.h>

struct json_object;

/**
 * struct memory_limit - a memory limit that was reached
 * @cgroup: path of the cgroup
 * @file: "memory.max" or "memory.high"; "": no limit was reached
 * @bytes: the limit, in bytes
 * @hits: how often the limit was reached during the recording
 */
struct memory_limit {
	const char *cgroup;
	const char *file;
	__u64 bytes;
	__u64 hits;
};

/**
 * struct meta - metadata of a recording
 * @object: the JSON object that meta_write.h describes; owns all strings
 * @title: description of the command or of the processes
 * @pid: the process, or the first of several processes; 0: a command was
 *	recorded
 * @pids: the recorded processes; empty if a command was recorded
 * @kernel: release of the kernel
 * @page_bytes: size of a page
 * @levels: number of page table levels; 0: unknown
 * @dev: device number of /dev/mmapdemo, as in events
 * @ino: inode number of /dev/mmapdemo; 0: unknown
 * @max_map_count: maximum number of VMAs of a process; 0: unknown
 * @memory_bytes: size of the machine's memory, or the memory limit of the
 *	cgroup if the limit is lower; 0: unknown
 * @thp: the THP setting: "always", "madvise", "never"
 * @limit: the memory limit of a cgroup that was reached most often
 * @lost: number of events for which the buffer had no room
 * @missed: number of calls of probed functions that were not observed
 * @gaps: number of sentences about other missing data
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
	struct memory_limit limit;
	__u64 lost;
	__u64 missed;
	size_t gaps;
};

/** struct meta_file - path and build id of a file; an unknown string is "" */
struct meta_file {
	const char *path;
	const char *build_id;
};

/* Read the metadata from @object. Missing members become 0 or "". */
void meta_read(struct meta *meta, struct json_object *object);

/*
 * Call @seed for one task of each initial address space. Call @join for each
 * other initial task. The argument @with of @join is the task with the same
 * address space for which @seed was called. Return 0, -ENOMEM, -EPROTO, or the
 * error of @seed or @join.
 */
int meta_tasks(const struct meta *meta,
	       int (*seed)(int tid, const struct maps *maps, bool hide,
			   void *data),
	       int (*join)(int tid, int with, void *data), void *data);

/* Return sentence number @index about what is missing in the recording. */
const char *meta_gap(const struct meta *meta, size_t index);

/*
 * Find a file in the list of files. Return false if the file is not listed.
 * @meta owns the strings in @file.
 */
bool meta_file(const struct meta *meta, __u32 dev, __u64 ino,
	       struct meta_file *file);

/*
 * Call @visit for every function that was not observed, with the names of the
 * events that need the function, and the error.
 */
void meta_absent(const struct meta *meta,
		 void (*visit)(const char *function, const char *events,
			       int error, void *data), void *data);

#endif /* _META_READ_H */
