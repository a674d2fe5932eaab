/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths and build ids of the files whose code runs. Events identify a file only
 * by its device and inode number. perf reports every executable mapping, even of
 * short-lived processes. After an error, the list lacks files or build ids.
 */
#ifndef _BINARIES_H
#define _BINARIES_H

#include "system/build_id_reader.h"
#include "system/perf_ring.h"

#include <linux/types.h>
#include <stddef.h>

/**
 * struct binary - a file with code
 * @dev: MAJOR << 20 | MINOR, as in events
 * @ino: inode number
 * @path: path of the file at the time of the mapping
 * @pid: a process that mapped the file
 * @start: start of the mapping in this process
 * @end: end of the mapping in this process
 * @build_id: build id of the file; "" if there is none, or if it could not be
 *	read
 */
struct binary {
	__u32 dev;
	__u64 ino;
	char *path;
	int pid;
	__u64 start, end;
	char build_id[BUILD_ID_MAX];
};

/**
 * struct binaries - all files with code
 * @rings: perf's ring buffers with new mappings
 * @list: the files, in the order of discovery
 * @count: number of entries in @list
 * @reader: process that reads build ids
 * @asked: number of files whose build ids were requested
 * @answered: number of requests that were answered or skipped
 * @since: time of clock_ms() when the wait for the next answer began
 * @silent: number of readers that did not answer
 * @unread: number of files for which no answer came
 */
struct binaries {
	struct perf_rings rings;
	struct binary *list;
	size_t count;
	struct build_id_reader reader;
	size_t asked;
	size_t answered;
	__s64 since;
	unsigned int silent;
	size_t unread;
};

void binaries_open(struct binaries *binaries);
void binaries_close(struct binaries *binaries);

/* Record new executable mappings of the task @tid and of its future descendants. */
void binaries_follow(struct binaries *binaries, int tid);

/* Add the files with code that process @pid currently maps. */
void binaries_of(struct binaries *binaries, int pid);

/*
 * Keep only the first @count files. Call this function before build ids are
 * requested.
 */
void binaries_drop(struct binaries *binaries, size_t count);

/* Add the files that perf has reported. */
void binaries_drain(struct binaries *binaries);

/* Request build ids, and take the available answers. Do not wait. */
void binaries_read(struct binaries *binaries);

/* Take all remaining build ids. Wait up to two seconds for each missing answer. */
void binaries_finish(struct binaries *binaries);

#endif /* _BINARIES_H */
