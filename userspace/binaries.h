/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the files are whose code runs: events know their inodes only. perf
 * tells of each mapping that can be executed, be the process ever so short.
 * What could not be learned is missing; no error is returned.
 */
#ifndef _BINARIES_H
#define _BINARIES_H

#include "build_id.h"
#include "rings.h"

#include <linux/types.h>
#include <stddef.h>

/**
 * struct binary - a file
 * @dev: MAJOR << 20 | MINOR, as in events
 * @ino: inode
 * @path: where it was
 * @build_id: "" if it has none, or could not be read
 */
struct binary {
	__u32 dev;
	__u64 ino;
	char *path;
	char build_id[BUILD_ID_MAX];
};

/**
 * struct binaries - all of them
 * @rings: for news
 * @list: in the order in which they were seen
 * @count: of @list
 */
struct binaries {
	struct rings rings;
	struct binary *list;
	size_t count;
};

void binaries_open(struct binaries *binaries);
void binaries_close(struct binaries *binaries);

/* From now on those that @tid, and what it forks, maps. */
void binaries_follow(struct binaries *binaries, int tid);

/* Those that process @pid has mapped now. */
void binaries_of(struct binaries *binaries, int pid);

/* Forgets all but the first @count. */
void binaries_drop(struct binaries *binaries, size_t count);

/* Takes the news. */
void binaries_drain(struct binaries *binaries);

#endif /* _BINARIES_H */
