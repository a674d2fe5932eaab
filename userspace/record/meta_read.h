/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording says of itself, read: the other side of meta_write.h. */
#ifndef _META_READ_H
#define _META_READ_H

#include "base/pids.h"
#include "event/maps.h"

#include <stdbool.h>

struct json_object;

/**
 * struct meta - by the object of meta_write.h, in which its texts stay
 * @object: itself
 * @title: the command or process
 * @pid: the process, or the first, 0: it was a command
 * @pids: all of them
 * @kernel: its release
 * @page_bytes: size of a page
 * @levels: of the page table, 0: not known
 * @dev: of /dev/mmapdemo, as in events
 * @ino: of it, 0: not known
 * @max_map_count: how many VMAs a process may have, 0: not known
 * @memory_bytes: of the machine, or of the cgroup if that is less; 0: not known
 * @thp: which anonymous memory gets huge pages: "always", "madvise", "never"
 * @lost: events without room in the buffer
 * @missed: calls that could not be observed
 * @gaps: sentences about what else is missing
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

/** struct meta_file - where a file was, and its build id, "" if not known */
struct meta_file {
	const char *path;
	const char *build_id;
};

/* What is not said is 0 or "". */
void meta_read(struct meta *meta, struct json_object *object);

/*
 * Calls @seed for a task of each address space there was, @join for the others
 * that live in the one of @with. 0, -ENOMEM, or what these returned.
 */
int meta_tasks(const struct meta *meta,
	       int (*seed)(int tid, const struct maps *maps, bool hide,
			   void *data),
	       int (*join)(int tid, int with, void *data), void *data);

/* A sentence about what is missing. */
const char *meta_gap(const struct meta *meta, size_t index);

/* False: nothing is said of that file. The texts stay with @meta. */
bool meta_file(const struct meta *meta, __u32 dev, __u64 ino,
	       struct meta_file *file);

/*
 * Calls @visit for every function that was not observed, with the names of the
 * events that lack it and the reason.
 */
void meta_absent(const struct meta *meta,
		 void (*visit)(const char *function, const char *events,
			       int error, void *data), void *data);

#endif /* _META_READ_H */
