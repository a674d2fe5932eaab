/* SPDX-License-Identifier: GPL-2.0-only */
/* A function that closes the inherited files of a child process. */
#ifndef _KEEP_ONLY_H
#define _KEEP_ONLY_H

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Close all files except @fd. Other processes may wait until an inherited file,
 * such as a pipe, is closed.
 */
static inline void keep_only(int fd)
{
	syscall(SYS_close_range, fd + 1, UINT_MAX, 0);
	while (fd--)
		close(fd);
}

#endif /* _KEEP_ONLY_H */
