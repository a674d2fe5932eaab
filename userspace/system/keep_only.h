/* SPDX-License-Identifier: GPL-2.0-only */
/* What a child that works for us must not have: our files. */
#ifndef _KEEP_ONLY_H
#define _KEEP_ONLY_H

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Closes all files but @fd: the child holds nothing that somebody waits for. */
static inline void keep_only(int fd)
{
	syscall(SYS_close_range, fd + 1, UINT_MAX, 0);
	while (fd--)
		close(fd);
}

#endif /* _KEEP_ONLY_H */
