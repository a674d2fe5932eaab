/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that reads build ids. The server of a file system of the network, or in
 * userspace, may never answer: then nothing but this process waits for it, and not
 * even SIGKILL ends that.
 */
#ifndef _BUILD_ID_READER_H
#define _BUILD_ID_READER_H

#include "system/build_id.h"

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct build_id_request - a file
 * @pid: of the process that has mapped it
 * @start: of the range where it is mapped
 * @end: of that
 * @dev: MAJOR << 20 | MINOR, as in events
 * @ino: inode
 * @path: where it was
 */
struct build_id_request {
	int pid;
	__u64 start, end;
	__u32 dev;
	__u64 ino;
	char path[PATH_MAX];
};

/** struct build_id_reader - @pid: of the process, 0: there is none; @fd: to it */
struct build_id_reader {
	pid_t pid;
	int fd;
};

/* False: it has enough to do, or can't be started. */
bool build_id_ask(struct build_id_reader *reader,
		  const struct build_id_request *request);

/*
 * The next answer, in the order of the requests; "": there is none. 1: here it is,
 * 0: not within @milliseconds, -1: the process has ended.
 */
int build_id_answer(struct build_id_reader *reader, int milliseconds,
		    char text[BUILD_ID_MAX]);

/* Waits for nothing that the process does. */
void build_id_leave(struct build_id_reader *reader);

#endif /* _BUILD_ID_READER_H */
