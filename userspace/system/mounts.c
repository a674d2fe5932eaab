// SPDX-License-Identifier: GPL-2.0-only
#include "system/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_mount(void *data, const char *line)
{
	struct mounts *mounts = data;
	const char *type = strstr(line, " - ");
	unsigned int major, minor;
	struct mount *list;
	struct mount mount;

	if (!type || sscanf(type, " - %15s", mount.type) != 1 ||
	    sscanf(line, "%*d %*d %u:%u", &major, &minor) != 2)
		return;
	list = reallocarray(mounts->list, mounts->count + 1, sizeof(*list));
	if (!list)
		return;
	mount.dev = major << 20 | minor;
	list[mounts->count++] = mount;
	mounts->list = list;
}

void mounts_each(int pid, void (*see)(void *data, const char *line), void *data)
{
	char path[48], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	while (getline(&line, &room, file) > 0)
		see(data, line);
	free(line);
	fclose(file);
}

void mounts_find(struct mounts *mounts, int pid)
{
	*mounts = (struct mounts){ 0 };
	mounts_each(pid, add_mount, mounts);
}

const char *mounts_type(const struct mounts *mounts, __u32 dev)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->list[i].dev == dev)
			return mounts->list[i].type;
	}
	return "";
}

void mounts_free(struct mounts *mounts)
{
	free(mounts->list);
	*mounts = (struct mounts){ 0 };
}
