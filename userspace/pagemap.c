// SPDX-License-Identifier: GPL-2.0-only
#include "pagemap.h"
#include "vma.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE 4096ULL
#define ROOM 4096

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT (1ULL << 63)
#define SWAPPED (1ULL << 62)
#define OF_FILE (1ULL << 61)	/* or of shared memory */
#define GUARD (1ULL << 58)
#define UFFD_WP (1ULL << 57)
#define SOFT_DIRTY (1ULL << 55)
#define FRAME ((1ULL << 55) - 1)
#define SWAP_AREA 31

static struct mmapdemo_run run_of(__u64 address, __u64 entry)
{
	struct mmapdemo_run run = {
		.address = address,
		.count = 1,
		.level = MMAPDEMO_LEVEL_PTE,
		.frame = entry & FRAME,
	};

	if (entry & PRESENT) {
		run.entry = MMAPDEMO_ENTRY_PRESENT;
		if (!(entry & OF_FILE))
			run.entry |= MMAPDEMO_ENTRY_ANON;
	} else {
		run.entry = MMAPDEMO_ENTRY_SWAP;
		run.swap = run.frame & SWAP_AREA;
		run.frame >>= 5;
	}
	if (entry & UFFD_WP)
		run.entry |= MMAPDEMO_ENTRY_UFFD_WP;
	if (entry & SOFT_DIRTY)
		run.entry |= MMAPDEMO_ENTRY_SOFT_DIRTY;
	return run;
}

/* Of new VMAs it has SOFT_DIRTY everywhere; markers are neither page nor swap. */
static int visit_entries(__u64 address, const __u64 *entries, size_t count,
			 int (*visit)(const struct mmapdemo_run *run,
				      void *data), void *data)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		struct mmapdemo_run run = run_of(address + i * PAGE,
						 entries[i]);

		if (entries[i] & (PRESENT | SWAPPED) && !(entries[i] & GUARD))
			err = visit(&run, data);
	}
	return err;
}

static int visit_range(int fd, __u64 start, __u64 end,
		       int (*visit)(const struct mmapdemo_run *run,
				    void *data), void *data)
{
	static __u64 entries[ROOM];
	int err = 0;

	while (!err && start < end) {
		size_t count = (end - start) / PAGE;
		ssize_t bytes;

		if (count > ROOM)
			count = ROOM;
		bytes = pread(fd, entries, count * sizeof(*entries),
			      start / PAGE * sizeof(*entries));
		if (bytes <= 0)	/* 0: it has just ended */
			return bytes ? -errno : -ESRCH;
		count = bytes / sizeof(*entries);
		err = visit_entries(start, entries, count, visit, data);
		start += count * PAGE;
	}
	return err;
}

static __u64 clip(__u64 address, __u64 start, __u64 end)
{
	return address < start ? start : address > end ? end : address;
}

int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data)
{
	struct vmas vmas;
	char path[32];
	int err = vmas_read_ranges(&vmas, pid), fd;

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	for (size_t i = 0; !err && i < vmas.count; i++)
		err = visit_range(fd, clip(vmas.list[i].start, start, end),
				  clip(vmas.list[i].end, start, end), visit,
				  data);
	if (fd >= 0)
		close(fd);
	vmas_free(&vmas);
	return err;
}
