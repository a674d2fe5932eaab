// SPDX-License-Identifier: GPL-2.0-only
#include "system/cgroup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

/* Find the cgroup (version 2) in a line such as "0::/system.slice/a.service". */
static bool find_cgroup(int pid, char path[PATH_MAX])
{
	char line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/cgroup", pid);
	file = fopen(line, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		found = !strncmp(line, "0::/", 4);
	}
	if (file)
		fclose(file);
	if (found)
		snprintf(path, PATH_MAX, "%s", line + 3);
	return found;
}

static FILE *open_file(const char *cgroup, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), CGROUP_ROOT "%s/%s", cgroup, name);
	return fopen(path, "re");
}

/* Return the limit memory.max or memory.high of a cgroup. "max" means no limit. */
static __u64 read_limit(const char *cgroup, const char *name)
{
	FILE *file = open_file(cgroup, name);
	unsigned long long bytes;

	if (!file || fscanf(file, "%llu", &bytes) != 1)
		bytes = ~0ULL;
	if (file)
		fclose(file);
	return bytes;
}

/* Read how often the limits of one cgroup were reached, without those of its children. */
static void read_hits(const char *cgroup, __u64 *max, __u64 *high)
{
	FILE *file = open_file(cgroup, "memory.events.local");
	unsigned long long count;
	char name[32];

	*max = 0;
	*high = 0;
	while (file && fscanf(file, "%31s %llu", name, &count) == 2) {
		if (!strcmp(name, "max"))
			*max = count;
		else if (!strcmp(name, "high"))
			*high = count;
	}
	if (file)
		fclose(file);
}

static void read_all_hits(struct cgroup_hits *hits)
{
	char cgroup[PATH_MAX], *last;

	snprintf(cgroup, sizeof(cgroup), "%s", hits->path);
	for (int depth = 0; depth < CGROUP_DEPTH_MAX &&
	     (last = strrchr(cgroup, '/')) && last[1]; depth++) {
		read_hits(cgroup, &hits->max[depth], &hits->high[depth]);
		*last = 0;
	}
}

void cgroup_hits_read(struct cgroup_hits *hits, int pid)
{
	*hits = (struct cgroup_hits){ 0 };
	if (find_cgroup(pid, hits->path))
		read_all_hits(hits);
}

/* The limits of all parent cgroups also apply. The root cgroup has no limit. */
__u64 cgroup_memory(const struct cgroup_hits *hits)
{
	__u64 bytes = (__u64)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	char cgroup[PATH_MAX], *last;

	memcpy(cgroup, hits->path, sizeof(cgroup));
	for (; (last = strrchr(cgroup, '/')); *last = 0) {
		__u64 limit = read_limit(cgroup, "memory.max");

		if (limit < bytes)
			bytes = limit;
	}
	return bytes;
}

__u64 cgroup_room(int pid)
{
	char cgroup[PATH_MAX], *last;
	__u64 room = ~0ULL;

	if (!find_cgroup(pid, cgroup))
		return room;
	for (; (last = strrchr(cgroup, '/')); *last = 0) {
		const __u64 limit = read_limit(cgroup, "memory.max");
		const __u64 used = read_limit(cgroup, "memory.current");

		if (limit == ~0ULL || used == ~0ULL)
			continue;
		if (used >= limit)
			return 0;
		if (limit - used < room)
			room = limit - used;
	}
	return room;
}

/**
 * struct candidate - the limit that was reached most often so far
 * @depth: the depth of the cgroup
 * @file: "memory.max" or "memory.high"
 * @hits: how often the limit was reached
 */
struct candidate {
	int depth;
	const char *file;
	__u64 hits;
};

static void compare(struct candidate *best, int depth, const char *file,
		    __u64 before, __u64 after)
{
	if (after > before && after - before > best->hits)
		*best = (struct candidate){ depth, file, after - before };
}

bool cgroup_limit_since(const struct cgroup_hits *before, struct cgroup_limit *limit)
{
	struct cgroup_hits now = { 0 };
	struct candidate best = { 0 };

	memcpy(now.path, before->path, sizeof(now.path));
	read_all_hits(&now);
	for (int depth = 0; depth < CGROUP_DEPTH_MAX; depth++) {
		compare(&best, depth, "memory.max", before->max[depth], now.max[depth]);
		compare(&best, depth, "memory.high", before->high[depth],
			now.high[depth]);
	}
	if (!best.hits)
		return false;
	*limit = (struct cgroup_limit){ .file = best.file, .hits = best.hits };
	memcpy(limit->path, before->path, sizeof(limit->path));
	for (int depth = best.depth; depth; depth--)
		*strrchr(limit->path, '/') = 0;
	limit->bytes = read_limit(limit->path, limit->file);
	return true;
}
