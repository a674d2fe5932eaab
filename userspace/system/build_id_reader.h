/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that reads build IDs. The server of a network file system or of
 * FUSE may never answer, and even SIGKILL may not end a process that waits for
 * the server. The main process must never wait for a server, so another process
 * reads the files.
 */
#ifndef _BUILD_ID_READER_H
#define _BUILD_ID_READER_H

#include "system/build_id.h"

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct build_id_request - a file whose build ID is requested
 * @pid: a process that has mapped the file
 * @start: start of the mapped range
 * @end: end of the mapped range
 * @dev: MAJOR << 20 | MINOR, as in events
 * @ino: inode number
 * @path: last known path
 */
struct build_id_request {
	int pid;
	__u64 start, end;
	__u32 dev;
	__u64 ino;
	char path[PATH_MAX];
};

/**
 * struct build_id_reader - a process that reads build IDs
 * @pid: id of the process; 0: there is none
 * @fd: socket to the process
 */
struct build_id_reader {
	pid_t pid;
	int fd;
};

/* Send a request without waiting. Return false if the request can't be sent. */
bool build_id_ask(struct build_id_reader *reader,
		  const struct build_id_request *request);

/*
 * Receive the next answer. Answers come in the order of the requests. An answer
 * of "" means that no build ID was found. Return 1 for an answer, 0 if no answer
 * came within @milliseconds, or -1 if the process has ended.
 */
int build_id_answer(struct build_id_reader *reader, int milliseconds,
		    char text[BUILD_ID_MAX]);

/* End the process. Do not wait until the process has finished its current work. */
void build_id_leave(struct build_id_reader *reader);

#endif /* _BUILD_ID_READER_H */
