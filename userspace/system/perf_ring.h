/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's ring buffers, one for each processor: what the kernel says of tasks
 * and their children. What could not be opened is missing; no error is returned.
 */
#ifndef _PERF_RING_H
#define _PERF_RING_H

#include <linux/perf_event.h>
#include <stddef.h>

struct perf_ring;

/**
 * struct perf_rings - all of them
 * @list: of the processors
 * @cpus: how many
 * @fds: what fills them
 * @fd_count: of @fds
 * @lost: records that found no room, as far as the kernel said so
 * @unfollowed: tasks of which nothing is said
 */
struct perf_rings {
	struct perf_ring *list;
	int cpus;
	int *fds;
	size_t fd_count;
	__u64 lost;
	unsigned int unfollowed;
};

/* PERF_RECORD_MMAP2: a VMA as it is now */
struct perf_ring_mapping {
	struct perf_event_header header;
	__u32 pid, tid;
	__u64 address, length, offset;
	__u32 major, minor;
	__u64 ino, generation;
	__u32 prot, flags;
	char path[];
};

void perf_rings_open(struct perf_rings *rings);
void perf_rings_close(struct perf_rings *rings);

/* Records that found no room: before Linux 6.0 those that others came after. */
__u64 perf_rings_lost(const struct perf_rings *rings);

/* From now on what @attr asks for of @tid, and of what it forks. */
void perf_rings_follow(struct perf_rings *rings, struct perf_event_attr *attr,
		       int tid);

/* Takes all there is, until @visit fails. 0, or what that returned. */
int perf_rings_drain(struct perf_rings *rings,
		     int (*visit)(int cpu,
				  const struct perf_event_header *record,
				  void *data), void *data);

#endif /* _PERF_RING_H */
