/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for C tests of /dev/mmapdemo. If there is no device yet, a program
 * that includes this header loads the module $MMAPDEMO_KO. The module stays
 * loaded when the program ends. If loading fails, the tests are skipped.
 */
#ifndef _MMAPDEMO_TEST_DEVICE_H
#define _MMAPDEMO_TEST_DEVICE_H

#include "kselftest_harness.h"
#include "mmapdemo.h"

#include "memory.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

/*
 * The time limit is generous, because emulated processors are slow, and may be
 * shared with other programs.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 600

/*
 * The number of pages is prime, so that rounding or batching does not produce
 * the same number by chance.
 */
#define PAGES 31

static inline bool device_load(void)
{
	const char *path = getenv("MMAPDEMO_KO");
	int fd, ret;

	if (!path)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return !ret;
}

static void __attribute__((constructor)) device_required(void)
{
	const char *reason = NULL;

	if (geteuid())
		reason = "needs root";
	else if (access(MMAPDEMO_DEVICE, F_OK) && !device_load())
		reason = "the module is not loaded, and MMAPDEMO_KO names none";
	if (!reason)
		return;
	printf("TAP version 13\n1..0 # SKIP %s\n", reason);
	fflush(stdout);
	_exit(KSFT_SKIP);
}

static inline int device_open(int flags)
{
	return open(MMAPDEMO_DEVICE, flags | O_CLOEXEC);
}

/* Map pages of an open device for reading and writing. */
static inline char *device_map(int fd, size_t pages, int flags, size_t first)
{
	return mmap(NULL, pages * page_size(), PROT_READ | PROT_WRITE, flags,
		    fd, first * page_size());
}

/*
 * Fill the output with poison first, to detect fields that the kernel does not
 * write.
 */
static inline struct mmapdemo_stat device_stat(int fd)
{
	struct mmapdemo_stat stat;

	memset(&stat, 0xcc, sizeof(stat));
	stat.size = sizeof(stat);
	if (ioctl(fd, MMAPDEMO_IOC_STAT, &stat))
		memset(&stat, 0xcc, sizeof(stat));
	return stat;
}

static inline struct mmapdemo_info device_info(int fd)
{
	struct mmapdemo_info info;

	memset(&info, 0xcc, sizeof(info));
	info.size = sizeof(info);
	if (ioctl(fd, MMAPDEMO_IOC_INFO, &info))
		memset(&info, 0xcc, sizeof(info));
	return info;
}

static inline size_t device_pages(int fd)
{
	return device_info(fd).region_bytes / page_size();
}

/*
 * Unload and reload the module, to get a region that was never touched. Fail if
 * the device is in use, or if MMAPDEMO_KO is not the path of the module.
 */
static inline bool device_reload(void)
{
	const char *path = getenv("MMAPDEMO_KO");

	if (!path || access(path, R_OK))
		return false;
	return !syscall(SYS_delete_module, "mmapdemo", O_NONBLOCK) &&
	       device_load();
}

#define NO_RELOAD "the module can't be reloaded: in use, or no MMAPDEMO_KO"

#endif /* _MMAPDEMO_TEST_DEVICE_H */
