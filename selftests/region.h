/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for separate regions, which uapi/mmapdemo.h describes. Tests and other
 * programs use these helpers.
 */
#ifndef _MMAPDEMO_TEST_REGION_H
#define _MMAPDEMO_TEST_REGION_H

#include "memory.h"
#include "mmapdemo.h"

#include <errno.h>
#include <sys/ioctl.h>

#define HUGE (2 * MIB)

static const char *const region_methods[] __attribute__((unused)) = {
#define EM(value, name) name,
#define EMe(value, name) name
	MMAPDEMO_BYS
#undef EM
#undef EMe
};

/*
 * Return true if the page cache of this kernel can hold blocks of 2 MiB. If so,
 * a region can have blocks of 2 MiB, too.
 */
static inline bool region_has_blocks(void)
{
	return !access("/sys/kernel/mm/transparent_hugepage", F_OK) &&
	       !kernel_before(5, 19);
}

static inline int region_give(int fd, __u64 bytes, __u32 method, __u32 flags)
{
	struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = bytes,
		.method = method,
		.flags = flags,
	};

	return ioctl(fd, MMAPDEMO_IOC_REGION, &region);
}

/*
 * Open the device, and create a region as described by @region. Return the file
 * descriptor, or -1 with errno.
 */
static inline int region_ask(const struct mmapdemo_region *region)
{
	int fd = open(MMAPDEMO_DEVICE, O_RDWR | O_CLOEXEC), error;

	if (fd < 0 || !ioctl(fd, MMAPDEMO_IOC_REGION, region))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static inline int region_open(__u64 bytes, __u32 method)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = bytes,
		.method = method,
	};

	return region_ask(&region);
}

/* Open the device, and create a region that is backed by @file. */
static inline int region_over(int file, __u64 bytes)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = bytes,
		.flags = MMAPDEMO_REGION_BACKED,
		.backing = file,
	};

	return region_ask(&region);
}

static inline int region_resize(int fd, __u64 bytes)
{
	struct mmapdemo_resize resize = {
		.size = sizeof(resize),
		.bytes = bytes,
	};

	return ioctl(fd, MMAPDEMO_IOC_RESIZE, &resize);
}

/* Punch a hole that begins at page @first and ends before page @end. */
static inline int region_punch(int fd, size_t first, size_t end)
{
	struct mmapdemo_punch punch = {
		.size = sizeof(punch),
		.start = first * page_size(),
		.end = end * page_size(),
	};

	return ioctl(fd, MMAPDEMO_IOC_PUNCH, &punch);
}

static inline int region_pages(int fd, size_t first, size_t end, __u64 *shown)
{
	struct mmapdemo_pages pages = {
		.size = sizeof(pages),
		.start = first * page_size(),
		.end = end * page_size(),
		.pages = (uintptr_t)shown,
	};

	memset(shown, 0xcc, (end - first) * sizeof(*shown));
	return ioctl(fd, MMAPDEMO_IOC_PAGES, &pages);
}

static inline int region_plan(int fd, size_t first, size_t end, __u32 answer,
			      __u32 times, __u64 delay)
{
	struct mmapdemo_plan plan = {
		.size = sizeof(plan),
		.start = first * page_size(),
		.end = end * page_size(),
		.delay = delay,
		.answer = answer,
		.times = times,
	};

	return ioctl(fd, MMAPDEMO_IOC_PLAN, &plan);
}

/*
 * Return the number of resident pages from page @first to page @end - 1. Return
 * -1 with errno on failure.
 */
static inline long region_resident(int fd, size_t first, size_t end)
{
	__u64 *shown = calloc(end - first, sizeof(*shown));
	long count = 0;

	if (!shown || region_pages(fd, first, end, shown))
		count = -1;
	for (size_t i = 0; count >= 0 && i < end - first; i++)
		count += !!(shown[i] & MMAPDEMO_PAGE_RESIDENT);
	free(shown);
	return count;
}

#endif /* _MMAPDEMO_TEST_REGION_H */
