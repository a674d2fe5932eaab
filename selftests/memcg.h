/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers for a memory cgroup that belongs to the test. */
#ifndef _MMAPDEMO_TEST_MEMCG_H
#define _MMAPDEMO_TEST_MEMCG_H

#include "memory.h"

#include <sys/stat.h>

#define CGROUP "/sys/fs/cgroup"

/*
 * Return the reason why no memory cgroup can be created. Return NULL if a
 * memory cgroup can be created.
 */
static inline const char *memcg_missing(void)
{
	if (access(CGROUP "/cgroup.controllers", F_OK))
		return "no cgroup2 mounted on " CGROUP;
	return put(CGROUP "/cgroup.subtree_control", "+memory") ? NULL :
		"the memory controller is not available";
}

/*
 * Create a cgroup. Store its path in @memcg. The caller has to remove the
 * cgroup with rmdir().
 */
static inline bool memcg_create(char *memcg, size_t size)
{
	snprintf(memcg, size, CGROUP "/mmapdemo-test-%d", getpid());
	return !mkdir(memcg, 0755);
}

static inline bool memcg_put(const char *memcg, const char *name,
			     const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", memcg, name);
	return put(path, text);
}

/*
 * Return the number after @key in a file of the cgroup. If @key is "", return
 * the only number in the file.
 */
static inline long memcg_get(const char *memcg, const char *name,
			     const char *key)
{
	char path[256], line[256];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", memcg, name);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		value = atol(line + strlen(key));
		break;
	}
	if (file)
		fclose(file);
	return value;
}

#endif /* _MMAPDEMO_TEST_MEMCG_H */
