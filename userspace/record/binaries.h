/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the files are whose code runs: events know their inodes only. perf
 * tells of each mapping that can be executed, be the process ever so short.
 * What could not be learned is missing; no error is returned.
 */
#ifndef _BINARIES_H
#define _BINARIES_H

#include "system/build_id_reader.h"
#include "system/perf_ring.h"

#include <linux/types.h>
#include <stddef.h>

/**
 * struct binary - a file
 * @dev: MAJOR << 20 | MINOR, as in events
 * @ino: inode
 * @path: where it was
 * @pid: of the process that has mapped it
 * @start: of the range where it is mapped
 * @end: of that
 * @build_id: "" if it has none, or could not be read
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
 * struct binaries - all of them
 * @rings: for news
 * @list: in the order in which they were seen
 * @count: of @list
 * @reader: reads build ids
 * @asked: so many of @list were asked for
 * @answered: so many were read
 * @since: nobody answered
 * @silent: readers that did not
 * @unread: files that could not be read for that
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

/* From now on those that @tid, and what it forks, maps. */
void binaries_follow(struct binaries *binaries, int tid);

/* Those that process @pid has mapped now. */
void binaries_of(struct binaries *binaries, int pid);

/* Forgets all but the first @count, as long as nobody has them read. */
void binaries_drop(struct binaries *binaries, size_t count);

/* Takes the news. */
void binaries_drain(struct binaries *binaries);

/* Has build ids read, and takes those that are; waits for none. */
void binaries_read(struct binaries *binaries);

/* ... of all there will be; waits some seconds for files that do not answer. */
void binaries_finish(struct binaries *binaries);

#endif /* _BINARIES_H */
