/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects that are mapped for measurements. The objects are the device, with
 * some of its methods; shmem, which memfd_create() uses; and a textbook driver.
 */
#ifndef _MMAPDEMO_BENCH_OBJECTS_H
#define _MMAPDEMO_BENCH_OBJECTS_H

#include "../memory.h"
#include "../region.h"

#include <err.h>
#include <sys/syscall.h>

struct object {
	const char *name;
	int (*open)(int method, size_t length);
	int method;
};

static inline int open_shmem(int method, size_t length)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	(void)method;
	return fd < 0 || ftruncate(fd, length) ? -1 : fd;
}

static inline int open_textbook(int method, size_t length)
{
	(void)method;
	(void)length;
	return open("/dev/textbook", O_RDWR | O_CLOEXEC);
}

static inline int open_region(int method, size_t length)
{
	return region_open(length, method);
}

static const struct object objects[] = {
	{ "shmem", open_shmem, 0 },
	{ "textbook", open_textbook, 0 },
	{ "page", open_region, MMAPDEMO_BY_PAGE },
	{ "insert", open_region, MMAPDEMO_BY_INSERT },
	{ "pfn", open_region, MMAPDEMO_BY_PFN },
	{ "around", open_region, MMAPDEMO_BY_AROUND },
};

#define OBJECTS (sizeof(objects) / sizeof(*objects))
#define SHMEM 0
#define BY_PAGE 2
#define BY_AROUND 5

/* Load the module of the textbook driver, if its file is given. */
static inline void load_textbook(const char *path)
{
	int ko = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (ko >= 0 && syscall(SYS_finit_module, ko, "", 0))
		warn("%s", path);
	close(ko);
}

#endif /* _MMAPDEMO_BENCH_OBJECTS_H */
