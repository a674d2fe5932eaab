/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory limits of cgroups (version 2), and how often the limits were reached. */
#ifndef _CGROUP_H
#define _CGROUP_H

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>

/* Maximum number of nested cgroups whose limits are observed. */
#define CGROUP_DEPTH_MAX 16

/**
 * struct cgroup_hits - how often the memory limits of a cgroup and of its parents were
 *	reached
 * @path: path of the cgroup, such as "/system.slice/a.service"; "": unknown
 * @max: how often memory.max was reached, by the depth of the cgroup: 0 is the cgroup
 *	itself, 1 its parent
 * @high: how often memory.high was reached, by the depth of the cgroup
 */
struct cgroup_hits {
	char path[PATH_MAX];
	__u64 max[CGROUP_DEPTH_MAX];
	__u64 high[CGROUP_DEPTH_MAX];
};

/**
 * struct cgroup_limit - the memory limit that was reached most often
 * @path: path of the cgroup
 * @file: "memory.max" or "memory.high"
 * @bytes: the limit, in bytes
 * @hits: how often the limit was reached
 */
struct cgroup_limit {
	char path[PATH_MAX];
	const char *file;
	__u64 bytes;
	__u64 hits;
};

/* Read how often the limits of the cgroup of a process were reached until now. */
void cgroup_hits_read(struct cgroup_hits *hits, int pid);

/*
 * Return how much memory the process of @hits may use: the memory of the machine or, if
 * lower, the limit of the process's cgroup.
 */
__u64 cgroup_memory(const struct cgroup_hits *hits);

/*
 * Return how many bytes the cgroup of a process can still get before memory.max of the
 * cgroup or of one of its parents is reached. Return ~0 if there is no limit.
 */
__u64 cgroup_room(int pid);

/*
 * Find the limit that was reached most often since @before was read. Return false if
 * no limit was reached, or if the cgroup no longer exists.
 */
bool cgroup_limit_since(const struct cgroup_hits *before, struct cgroup_limit *limit);

#endif /* _CGROUP_H */
