// SPDX-License-Identifier: GPL-2.0-only
#include "binaries.h"
#include "proc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* So many, and no more: every file that is observed could be another one. */
#define BINARIES_MAX (1U << 14)

/* ---- the files themselves ---- */

/* The range of a process in which a file is mapped. */
struct place {
	int pid;
	__u64 start, end;
};

/*
 * Is it that file? The kernel is asked how it names it in a mapping: stat(2)
 * has another device on btrfs, and another inode on overlayfs.
 */
static bool is_file(int fd, __u32 dev, __u64 ino)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, page, PROT_NONE, MAP_PRIVATE, fd, 0);
	const struct mapping *mapping;
	struct maps maps = { 0 };
	bool same;

	if (map == MAP_FAILED)
		return false;
	mapping = proc_maps(getpid(), &maps) ? NULL :
		  maps_find(&maps, (size_t)map);
	same = mapping && mapping->dev == dev && mapping->ino == ino;
	maps_free(&maps);
	munmap(map, page);
	return same;
}

/* As long as the process lives, its own file, also from another container. */
static void read_build_id(struct binary *binary, const struct place *place)
{
	char link[80];
	int fd;

	snprintf(link, sizeof(link), "/proc/%d/map_files/%llx-%llx", place->pid,
		 (unsigned long long)place->start,
		 (unsigned long long)place->end);
	fd = build_id_open(link);
	if (fd < 0)
		fd = build_id_open(binary->path);
	if (fd < 0)
		return;
	if (is_file(fd, binary->dev, binary->ino))
		build_id_of(fd, binary->build_id);
	close(fd);
}

/* ---- the list ---- */

static bool is_known(const struct binaries *binaries, __u32 dev, __u64 ino)
{
	for (size_t i = 0; i < binaries->count; i++) {
		if (binaries->list[i].ino == ino &&
		    binaries->list[i].dev == dev)
			return true;
	}
	return false;
}

static void add(struct binaries *binaries, __u32 dev, __u64 ino,
		const char *path, const struct place *place)
{
	struct binary *list = binaries->list;

	if (binaries->count == BINARIES_MAX || is_known(binaries, dev, ino))
		return;
	if (!(binaries->count & (binaries->count - 1))) {
		list = reallocarray(list, binaries->count ?
				    2 * binaries->count : 1, sizeof(*list));
		if (!list)
			return;
		binaries->list = list;
	}
	list += binaries->count;
	*list = (struct binary){ .dev = dev, .ino = ino, .path = strdup(path) };
	if (!list->path)
		return;
	read_build_id(list, place);
	binaries->count++;
}

void binaries_of(struct binaries *binaries, int pid)
{
	struct place place = { .pid = pid };
	__u64 ino;
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
		if (sscanf(line, "%llx-%llx %*2cx%*c %*x %x:%x %llu %n",
			   &place.start, &place.end, &major, &minor, &ino,
			   &path) == 5 && path && ino)
			add(binaries, major << 20 | minor, ino, line + path,
			    &place);
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

	const struct place place = {
		.pid = mapping->pid,
		.start = mapping->address,
		.end = mapping->address + mapping->length,
	};

	(void)cpu;
	if (record->type == PERF_RECORD_MMAP2 && mapping->ino)
		add(data, mapping->major << 20 | mapping->minor, mapping->ino,
		    mapping->path, &place);
	return 0;
}

void binaries_drain(struct binaries *binaries)
{
	rings_drain(&binaries->rings, take_record, binaries);
}

void binaries_drop(struct binaries *binaries, size_t count)
{
	while (binaries->count > count)
		free(binaries->list[--binaries->count].path);
}

void binaries_close(struct binaries *binaries)
{
	rings_close(&binaries->rings);
	binaries_drop(binaries, 0);
	free(binaries->list);
	*binaries = (struct binaries){ 0 };
}
