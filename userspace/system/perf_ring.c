// SPDX-License-Identifier: GPL-2.0-only
#include "system/perf_ring.h"
#include "system/file_limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Number of data pages of a ring buffer; must be a power of two */
#define RING_PAGES 32

/* The value of PERF_FORMAT_LOST, which older headers lack. */
#define FORMAT_LOST (1U << 4)

/**
 * struct perf_ring - ring buffer of a processor
 * @fd: descriptor of the event that owns the ring buffer; -1: there is none
 */
struct perf_ring {
	int fd;
	struct perf_event_mmap_page *head;
	const char *data;
};

static size_t page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

/*
 * Map a ring buffer for the first event of a processor. Later events of the
 * processor share the ring buffer.
 */
static void give_ring(struct perf_ring *ring, int fd)
{
	void *map;

	if (ring->fd >= 0) {
		ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd);
		return;
	}
	map = mmap(NULL, (RING_PAGES + 1) * page_bytes(),
		   PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return;
	ring->fd = fd;
	ring->head = map;
	ring->data = (char *)map + page_bytes();
}

void perf_rings_open(struct perf_rings *rings)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF);

	file_limit_raise();
	*rings = (struct perf_rings){
		.list = calloc(cpus, sizeof(struct perf_ring))
	};
	if (rings->list)
		rings->cpus = cpus;
	for (int cpu = 0; cpu < rings->cpus; cpu++)
		rings->list[cpu].fd = -1;
}

/* Open an event. Since Linux 6.0, the kernel counts the lost records of each event. */
static int open_event(struct perf_event_attr *attr, int tid, int cpu)
{
	int fd;

	attr->read_format = FORMAT_LOST;
	fd = syscall(SYS_perf_event_open, attr, tid, cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0 || errno != EINVAL)
		return fd;
	attr->read_format = 0;
	return syscall(SYS_perf_event_open, attr, tid, cpu, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

void perf_rings_follow(struct perf_rings *rings, struct perf_event_attr *attr,
		       int tid)
{
	int *fds = reallocarray(rings->fds, rings->fd_count + rings->cpus,
				sizeof(*fds));
	size_t before = rings->fd_count;

	if (fds)
		rings->fds = fds;
	/* Leave half of the allowed open files for the recording itself. */
	if (!fds || before + rings->cpus > (size_t)sysconf(_SC_OPEN_MAX) / 2) {
		rings->unfollowed++;
		return;
	}
	for (int cpu = 0; cpu < rings->cpus; cpu++) {
		int fd = open_event(attr, tid, cpu);

		if (fd < 0)	/* for example, the processor is offline */
			continue;
		fds[rings->fd_count++] = fd;
		give_ring(&rings->list[cpu], fd);
	}
	rings->unfollowed += rings->fd_count == before;
}

/* Copy from the ring buffer. A record may continue at the start of the ring buffer. */
static void copy_out(const struct perf_ring *ring, __u64 at, void *to,
		     size_t size)
{
	const size_t bytes = RING_PAGES * page_bytes();
	size_t from = at % bytes;
	size_t first = size < bytes - from ? size : bytes - from;

	memcpy(to, ring->data + from, first);
	memcpy((char *)to + first, ring->data, size - first);
}

/* PERF_RECORD_LOST */
struct lost {
	struct perf_event_header header;
	__u64 id, lost;
};

static int drain_ring(struct perf_rings *rings, int cpu,
		      int (*visit)(int cpu,
				   const struct perf_event_header *record,
				   void *data), void *data)
{
	static _Alignas(__u64) char room[1 << 16];
	struct perf_event_header *record = (struct perf_event_header *)room;
	const struct perf_ring *ring = &rings->list[cpu];
	__u64 head = __atomic_load_n(&ring->head->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = ring->head->data_tail;
	int err = 0;

	for (; !err && tail < head; tail += record->size) {
		copy_out(ring, tail, record, sizeof(*record));
		copy_out(ring, tail, room, record->size);
		if (record->type == PERF_RECORD_LOST)
			rings->lost += ((struct lost *)room)->lost;
		else
			err = visit(cpu, record, data);
	}
	__atomic_store_n(&ring->head->data_tail, tail, __ATOMIC_RELEASE);
	return err;
}

int perf_rings_drain(struct perf_rings *rings,
		     int (*visit)(int cpu,
				  const struct perf_event_header *record,
				  void *data), void *data)
{
	int err = 0;

	for (int cpu = 0; !err && cpu < rings->cpus; cpu++) {
		if (rings->list[cpu].head)
			err = drain_ring(rings, cpu, visit, data);
	}
	return err;
}

/* The count of a task's event includes the lost records of the task's children. */
__u64 perf_rings_lost(const struct perf_rings *rings)
{
	struct { __u64 value, lost; } count;
	__u64 lost = 0;

	for (size_t i = 0; i < rings->fd_count; i++) {
		if (read(rings->fds[i], &count, sizeof(count)) ==
		    sizeof(count))
			lost += count.lost;
	}
	return lost > rings->lost ? lost : rings->lost;
}

void perf_rings_close(struct perf_rings *rings)
{
	for (int cpu = 0; cpu < rings->cpus; cpu++) {
		if (rings->list[cpu].head)
			munmap(rings->list[cpu].head,
			       (RING_PAGES + 1) * page_bytes());
	}
	for (size_t i = 0; i < rings->fd_count; i++)
		close(rings->fds[i]);
	free(rings->fds);
	free(rings->list);
	*rings = (struct perf_rings){ 0 };
}
