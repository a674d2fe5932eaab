// SPDX-License-Identifier: GPL-2.0-only
#include "system/file.h"
#include "event/names.h"
#include "system/device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int measure_device(struct file *object)
{
	struct mmapdemo_info info;

	object->sized = !dev_info(object->fd, &info);
	object->size = object->sized ? info.region_bytes : 0;
	return 0;
}

static int measure_block(struct file *object)
{
	off_t end = lseek(object->fd, 0, SEEK_END);

	if (end < 0)
		return -errno;
	object->sized = true;
	object->size = end;
	return 0;
}

int file_measure(struct file *object)
{
	struct stat st;

	if (fstat(object->fd, &st))
		return -errno;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		object->sized = true;
		object->grows = true;
		object->size = st.st_size;
		return 0;
	case S_IFBLK:
		return measure_block(object);
	case S_IFCHR:
		return measure_device(object);
	case S_IFDIR:
		return -EISDIR;
	default:
		return -ESPIPE;
	}
}

int file_open(struct file *object, const char *path, int flags)
{
	int err;

	/* With O_NONBLOCK, open() does not wait for the writer of a FIFO. */
	*object = (struct file){ 0 };
	object->fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			  0666);
	if (object->fd < 0)
		return errno == ENXIO ? -ESPIPE : -errno;
	err = file_measure(object);
	if (err)
		file_close(object);
	return err;
}

const char *file_method(int method)
{
	return names_by[method].name;
}

int file_own(struct file *object, int method)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = 2UL << 20,	/* every method can map this size */
		.method = method,
	};
	struct mmapdemo_info info;

	if (dev_info(object->fd, &info))
		return -ENOTTY;
	return dev_own(object->fd, &region) ?: file_measure(object);
}

void file_close(struct file *object)
{
	close(object->fd);
	object->fd = -1;
}

int file_grow(struct file *object, __u64 size)
{
	int err = file_measure(object);

	if (err || size <= object->size)
		return err;
	if (!object->grows)
		return -ENOSPC;
	/*
	 * Allocate the blocks now, so that a full disk causes an error here,
	 * and not SIGBUS later.
	 */
	if (!fallocate(object->fd, 0, object->size, size - object->size))
		return file_measure(object);
	if (errno != EOPNOTSUPP)
		return -errno;
	if (ftruncate(object->fd, size))
		return -errno;
	return file_measure(object);
}

const char *file_strerror(int err)
{
	switch (-err) {
	case EISDIR:
		return "is a directory";
	case ESPIPE:
		return "a pipe, socket or terminal has no pages to map";
	case ENODEV:
		return "mmap() is not supported";
	case ENOMEM:
		return "not enough address space or memory";
	default:
		return strerror(-err);
	}
}
