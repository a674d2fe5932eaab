// SPDX-License-Identifier: GPL-2.0-only
#include "binaries.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A power of two. */
#define RING_PAGES 32

/** struct binaries_ring - perf's, of a processor; @fd: its owner, -1: none */
struct binaries_ring {
	int fd;
	struct perf_event_mmap_page *head;
	const char *data;
};

static size_t page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

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

static int open_event(int tid, int cpu)
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

	return syscall(SYS_perf_event_open, &attr, tid, cpu, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* The first of a processor has the ring, the others write to it. */
static void give_ring(struct binaries_ring *ring, int fd)
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

void binaries_open(struct binaries *binaries)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF);

	*binaries = (struct binaries){
		.rings = calloc(cpus, sizeof(*binaries->rings))
	};
	if (binaries->rings)
		binaries->cpus = cpus;
	for (int cpu = 0; cpu < binaries->cpus; cpu++)
		binaries->rings[cpu].fd = -1;
}

void binaries_follow(struct binaries *binaries, int tid)
{
	int *fds = reallocarray(binaries->fds, binaries->fd_count +
				binaries->cpus, sizeof(*fds));

	if (!fds)
		return;
	binaries->fds = fds;
	/* The recording itself needs files, too. */
	if (binaries->fd_count + binaries->cpus >
	    (size_t)sysconf(_SC_OPEN_MAX) / 2)
		return;
	for (int cpu = 0; cpu < binaries->cpus; cpu++) {
		int fd = open_event(tid, cpu);

		if (fd < 0)	/* the processor is offline */
			continue;
		fds[binaries->fd_count++] = fd;
		give_ring(&binaries->rings[cpu], fd);
	}
}

/* ---- news ---- */

/* struct perf_event_header and what PERF_RECORD_MMAP2 has behind it */
struct mapped {
	struct perf_event_header header;
	__u32 pid, tid;
	__u64 address, length, offset;
	__u32 major, minor;
	__u64 ino, generation;
	__u32 prot, flags;
	char path[];
};

/* Records may go on at the begin of the ring. */
static void copy_out(const struct binaries_ring *ring, __u64 at, void *to,
		     size_t size)
{
	const size_t bytes = RING_PAGES * page_bytes();
	size_t from = at % bytes;
	size_t first = size < bytes - from ? size : bytes - from;

	memcpy(to, ring->data + from, first);
	memcpy((char *)to + first, ring->data, size - first);
}

static void drain_ring(struct binaries *binaries,
		       const struct binaries_ring *ring)
{
	static _Alignas(struct mapped) char room[1 << 16];
	struct mapped *mapped = (struct mapped *)room;
	__u64 head = __atomic_load_n(&ring->head->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = ring->head->data_tail;

	for (; tail < head; tail += mapped->header.size) {
		copy_out(ring, tail, &mapped->header, sizeof(mapped->header));
		copy_out(ring, tail, room, mapped->header.size);
		if (mapped->header.type == PERF_RECORD_MMAP2 && mapped->ino)
			add(binaries, mapped->major << 20 | mapped->minor,
			    mapped->ino, mapped->path);
	}
	__atomic_store_n(&ring->head->data_tail, tail, __ATOMIC_RELEASE);
}

void binaries_drain(struct binaries *binaries)
{
	for (int cpu = 0; cpu < binaries->cpus; cpu++) {
		if (binaries->rings[cpu].head)
			drain_ring(binaries, &binaries->rings[cpu]);
	}
}

void binaries_close(struct binaries *binaries)
{
	for (int cpu = 0; cpu < binaries->cpus; cpu++) {
		if (binaries->rings[cpu].head)
			munmap(binaries->rings[cpu].head,
			       (RING_PAGES + 1) * page_bytes());
	}
	for (size_t i = 0; i < binaries->fd_count; i++)
		close(binaries->fds[i]);
	for (size_t i = 0; i < binaries->count; i++)
		free(binaries->list[i].path);
	free(binaries->list);
	free(binaries->fds);
	free(binaries->rings);
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
