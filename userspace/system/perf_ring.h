/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's ring buffers, one for each processor, with the records of tasks and their
 * children. Events that could not be opened are missing; no error is returned.
 */
#ifndef _PERF_RING_H
#define _PERF_RING_H

#include <linux/perf_event.h>
#include <stddef.h>

struct perf_ring;

/**
 * struct perf_rings - the rings of all processors
 * @list: ring of each processor
 * @cpus: number of processors
 * @fds: events that fill the rings
 * @fd_count: number of @fds
 * @lost: records that found no room, as far as the kernel reported them
 * @unfollowed: tasks without events
 */
struct perf_rings {
	struct perf_ring *list;
	int cpus;
	int *fds;
	size_t fd_count;
	__u64 lost;
	unsigned int unfollowed;
};

/* PERF_RECORD_MMAP2: current state of a VMA */
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

/* Return the lost records; before Linux 6.0, only those that a later record reports. */
__u64 perf_rings_lost(const struct perf_rings *rings);

/* Record the events of @attr for @tid, and for tasks that @tid forks, from now on. */
void perf_rings_follow(struct perf_rings *rings, struct perf_event_attr *attr,
		       int tid);

/* Take all records, until @visit fails. Return 0, or the result of @visit. */
int perf_rings_drain(struct perf_rings *rings,
		     int (*visit)(int cpu,
				  const struct perf_event_header *record,
				  void *data), void *data);

#endif /* _PERF_RING_H */
