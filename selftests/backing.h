/* SPDX-License-Identifier: GPL-2.0-only */
/* Backing files of regions, and their contents. */
#ifndef _MMAPDEMO_TEST_BACKING_H
#define _MMAPDEMO_TEST_BACKING_H

#include "device.h"
#include "region.h"

#include <sys/mount.h>
#include <sys/stat.h>

#define CENTISECS "/proc/sys/vm/dirty_writeback_centisecs"

/* Open an unnamed file on the disk. */
static inline int file_on_disk(void)
{
	return open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static inline int file_in_memory(void)
{
	return memfd_create("backing", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

/* The return value of file_on_overlay() on a kernel without overlayfs. */
#define NO_OVERLAY (-2)

/*
 * Open a file on an overlayfs over a tmpfs. Both file systems are unmounted
 * when the file is closed.
 */
static inline int file_on_overlay(void)
{
	char top[] = "/tmp/mmapdemo-overlay.XXXXXX";
	char at[5][64], options[256];
	static const char *const folders[] = { "l", "u", "w", "m", "m/file" };
	int file = -1, i;

	if (!mkdtemp(top) || mount("overlay", top, "tmpfs", 0, ""))
		return -1;
	for (i = 0; i < 5; i++)
		snprintf(at[i], sizeof(at[i]), "%s/%s", top, folders[i]);
	for (i = 0; i < 4; i++)
		mkdir(at[i], 0700);
	snprintf(options, sizeof(options),
		 "lowerdir=%s,upperdir=%s,workdir=%s", at[0], at[1], at[2]);
	if (!mount("overlay", at[3], "overlay", 0, options)) {
		file = open(at[4], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		umount2(at[3], MNT_DETACH);
	} else if (errno == ENODEV) {
		file = NO_OVERLAY;
	}
	umount2(top, MNT_DETACH);
	rmdir(top);
	return file;
}

/* Fill page i with the byte i + 1. */
static inline void fill_page(char *page, size_t i)
{
	memset(page, i + 1, page_size());
}

static inline bool fill_file(int file, size_t pages)
{
	char page[65536];

	for (size_t i = 0; i < pages; i++) {
		fill_page(page, i);
		if (pwrite(file, page, page_size(), i * page_size()) !=
		    (ssize_t)page_size())
			return false;
	}
	return true;
}

static inline int byte_of(int file, off_t offset)
{
	unsigned char byte;

	return pread(file, &byte, 1, offset) == 1 ? byte : -1;
}

static inline int sync_map(const char *map)
{
	return msync((void *)map, PAGES * page_size(), MS_SYNC);
}

/*
 * Set the interval of periodic writeback ("0": never). Store the old value in
 * @old.
 */
static inline bool periodic_set(const char *centisecs, char *old, size_t size)
{
	int fd = open(CENTISECS, O_RDONLY | O_CLOEXEC);
	bool known;

	memset(old, 0, size);
	known = read(fd, old, size - 1) > 0;
	close(fd);
	return known && put(CENTISECS, centisecs);
}

#endif /* _MMAPDEMO_TEST_BACKING_H */
