/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf's ring buffers, one per processor, with the records of tasks and their
 * children. If an event can't be opened, it is skipped without an error.
 */
#ifndef _PERF_RING_H
#define _PERF_RING_H

#include <linux/perf_event.h>
#include <stddef.h>

struct perf_ring;

/**
 * struct perf_rings - the ring buffers of all processors
 * @list: ring buffer of each processor
 * @cpus: number of processors
 * @fds: descriptors of the events that fill the ring buffers
 * @fd_count: number of @fds
 * @lost: number of lost records, as reported by PERF_RECORD_LOST
 * @unfollowed: number of tasks whose events could not be opened
 */
struct perf_rings {
	struct perf_ring *list;
	int cpus;
	int *fds;
	size_t fd_count;
	__u64 lost;
	unsigned int unfollowed;
};

/* PERF_RECORD_MMAP2: a VMA that was mapped or changed */
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

/*
 * Return the number of lost records. Before Linux 6.0, this number includes
 * only the lost records that a later record reports.
 */
__u64 perf_rings_lost(const struct perf_rings *rings);

/*
 * Start to record the events of @attr for the task @tid and for its future
 * descendants.
 */
void perf_rings_follow(struct perf_rings *rings, struct perf_event_attr *attr,
		       int tid);

/*
 * Call @visit for each record except PERF_RECORD_LOST, until @visit fails.
 * Return 0, or the error of @visit.
 */
int perf_rings_drain(struct perf_rings *rings,
		     int (*visit)(int cpu,
				  const struct perf_event_header *record,
				  void *data), void *data);

#endif /* _PERF_RING_H */
