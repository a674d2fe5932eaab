// SPDX-License-Identifier: GPL-2.0-only
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

int proc_maps(int pid, struct maps *maps)
{
	char path[32];
	FILE *file;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	err = maps_parse(maps, file);
	fclose(file);
	return err;
}

int proc_threads(int pid, int (*visit)(int tid, void *data), void *data)
{
	struct dirent *entry;
	char path[32];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			err = visit(atoi(entry->d_name), data);
	}
	closedir(dir);
	return err;
}

unsigned int proc_max_map_count(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned int count = 0;

	if (file && fscanf(file, "%u", &count) != 1)
		count = 0;
	if (file)
		fclose(file);
	return count;
}
