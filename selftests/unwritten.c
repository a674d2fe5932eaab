// SPDX-License-Identifier: GPL-2.0-only
/* A library for LD_PRELOAD, whose pwrite(2) reports success, but writes nothing. */
#include <sys/types.h>

ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);
ssize_t pwrite64(int fd, const void *buf, size_t count, off_t offset);

ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)
{
	(void)fd;
	(void)buf;
	(void)offset;
	return count;
}

ssize_t pwrite64(int fd, const void *buf, size_t count, off_t offset)
{
	return pwrite(fd, buf, count, offset);
}
