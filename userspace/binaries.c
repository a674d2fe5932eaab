// SPDX-License-Identifier: GPL-2.0-only
#include "binaries.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the list ---- */

static void add(struct binaries *binaries, __u32 dev, __u64 ino,
		const char *path)
{
	struct binary *list = binaries->list;

	for (size_t i = 0; i < binaries->count; i++) {
		if (list[i].ino == ino && list[i].dev == dev)
			return;
	}
	if (!(binaries->count & (binaries->count - 1))) {
		list = reallocarray(list, binaries->count ?
				    2 * binaries->count : 1, sizeof(*list));
		if (!list)
			return;
		binaries->list = list;
	}
	list += binaries->count;
	*list = (struct binary){ .dev = dev, .ino = ino, .path = strdup(path) };
	binaries->count += !!list->path;
}

void binaries_of(struct binaries *binaries, int pid)
{
	unsigned long long ino;
	unsigned int major, minor;
	char *line = NULL, file[32];
	size_t room = 0;
	FILE *maps;
	int path;

	snprintf(file, sizeof(file), "/proc/%d/maps", pid);
	maps = fopen(file, "re");
	while (maps && getline(&line, &room, maps) > 0) {
		path = 0;
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%*x-%*x %*2cx%*c %*x %x:%x %llu %n", &major,
			   &minor, &ino, &path) == 3 && path && ino)
			add(binaries, major << 20 | minor, ino, line + path);
	}
	free(line);
	if (maps)
		fclose(maps);
}

/* ---- perf ---- */

void binaries_open(struct binaries *binaries)
{
	*binaries = (struct binaries){ 0 };
	rings_open(&binaries->rings);
}

void binaries_follow(struct binaries *binaries, int tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.inherit = 1,
		.mmap = 1,
		.mmap2 = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	rings_follow(&binaries->rings, &attr, tid);
}

static int take_record(int cpu, const struct perf_event_header *record,
		       void *data)
{
	const struct ring_mapping *mapping = (const void *)record;

	(void)cpu;
	if (record->type == PERF_RECORD_MMAP2 && mapping->ino)
		add(data, mapping->major << 20 | mapping->minor, mapping->ino,
		    mapping->path);
	return 0;
}

void binaries_drain(struct binaries *binaries)
{
	rings_drain(&binaries->rings, take_record, binaries);
}

void binaries_close(struct binaries *binaries)
{
	rings_close(&binaries->rings);
	for (size_t i = 0; i < binaries->count; i++)
		free(binaries->list[i].path);
	free(binaries->list);
	*binaries = (struct binaries){ 0 };
}

/* ---- the files themselves ---- */

const char *binary_build_id(const struct binary *binary,
			    char text[BUILD_ID_MAX])
{
	int fd = open(binary->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	text[0] = 0;
	if (fd < 0)
		return text;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_ino == binary->ino)
		build_id_of(fd, text);
	close(fd);
	return text;
}
