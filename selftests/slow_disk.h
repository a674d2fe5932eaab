/* SPDX-License-Identifier: GPL-2.0-only */
/* A disk of null_blk that takes a fixed time for each request. */
#ifndef _MMAPDEMO_TEST_SLOW_DISK_H
#define _MMAPDEMO_TEST_SLOW_DISK_H

#include "memory.h"

#include <sys/mount.h>
#include <sys/stat.h>

#define CONFIGFS "/sys/kernel/config"

/* Bytes that the kernel reads ahead, so that this does not depend on the kernel. */
#define READ_AHEAD_KIB "128"

/**
 * struct slow_disk - a disk
 * @item: directory of the disk in configfs; "": there is no disk
 * @path: device file
 * @loaded: slow_disk_make() has loaded null_blk
 */
struct slow_disk {
	char item[64];
	char path[64];
	bool loaded;
};

static inline bool slow_disk_put(const struct slow_disk *disk, const char *name,
				 unsigned long value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "%s/%s", disk->item, name);
	snprintf(text, sizeof(text), "%lu", value);
	return put(path, text);
}

/* Find the device file. Newer kernels name the disk after its directory. */
static inline bool slow_disk_find(struct slow_disk *disk)
{
	const char *name = strrchr(disk->item, '/') + 1;
	char path[128];
	int index = -1;
	FILE *file;

	snprintf(disk->path, sizeof(disk->path), "/dev/%s", name);
	if (access(disk->path, F_OK)) {
		snprintf(path, sizeof(path), "%s/index", disk->item);
		file = fopen(path, "re");
		if (!file || fscanf(file, "%d", &index) != 1)
			index = -1;
		if (file)
			fclose(file);
		snprintf(disk->path, sizeof(disk->path), "/dev/nullb%d", index);
	}
	snprintf(path, sizeof(path), "/sys/block/%s/queue/read_ahead_kb",
		 strrchr(disk->path, '/') + 1);
	return put(path, READ_AHEAD_KIB);
}

/* Remove the disk, and null_blk if it was not loaded before. */
static inline void slow_disk_end(const struct slow_disk *disk)
{
	if (*disk->item)
		rmdir(disk->item);
	if (disk->loaded && system("rmmod null_blk"))
		fprintf(stderr, "# null_blk is still loaded\n");
}

static inline bool slow_disk_driver(struct slow_disk *disk)
{
	if (access("/sys/module/null_blk", F_OK)) {
		if (system("modprobe -q null_blk nr_devices=0"))
			return false;
		disk->loaded = true;
	}
	if (access(CONFIGFS "/nullb", F_OK) &&
	    mount("none", CONFIGFS, "configfs", 0, NULL))
		return false;
	return !access(CONFIGFS "/nullb", F_OK);
}

/*
 * Create a disk of 64 MiB that takes @ns for each request. If @keeps is true, the disk
 * keeps what is written. Return NULL, or the reason why there is no disk. The caller
 * has to call slow_disk_end(), even if there is no disk.
 */
static inline const char *slow_disk_make(struct slow_disk *disk, unsigned long ns,
					 bool keeps)
{
	*disk = (struct slow_disk){ 0 };
	if (!slow_disk_driver(disk))
		return "no null_blk with configfs";
	snprintf(disk->item, sizeof(disk->item), CONFIGFS "/nullb/slow%d", getpid());
	if (mkdir(disk->item, 0755)) {
		*disk->item = '\0';
		return "null_blk creates no disk";
	}
	return slow_disk_put(disk, "size", 64) &&
	       slow_disk_put(disk, "submit_queues", 1) &&
	       slow_disk_put(disk, "irqmode", 2) &&
	       slow_disk_put(disk, "completion_nsec", ns) &&
	       slow_disk_put(disk, "memory_backed", keeps) &&
	       slow_disk_put(disk, "power", 1) && slow_disk_find(disk) ? NULL :
		"the disk of null_blk has no power";
}

#endif /* _MMAPDEMO_TEST_SLOW_DISK_H */
