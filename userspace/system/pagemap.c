// SPDX-License-Identifier: GPL-2.0-only
#include "system/pagemap.h"
#include "system/smaps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PAGE 4096ULL
#define ROOM 4096

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT (1ULL << 63)
#define SWAPPED (1ULL << 62)
#define OF_FILE (1ULL << 61)	/* also set for pages of shared memory */
#define GUARD (1ULL << 58)
#define UFFD_WP (1ULL << 57)
#define EXCLUSIVE (1ULL << 56)
#define SOFT_DIRTY (1ULL << 55)
#define FRAME ((1ULL << 55) - 1)
#define SWAP_AREA 31

/* ---- PAGEMAP_SCAN, since Linux 6.7 ---- */

#define IS_ZERO (1ULL << 5)
#define IS_HUGE (1ULL << 6)
#define REGIONS 256

struct region {
	__u64 start;
	__u64 end;
	__u64 categories;
};

/* struct pm_scan_arg of <linux/fs.h> */
struct scan {
	__u64 size;
	__u64 flags;
	__u64 start;
	__u64 end;
	__u64 walk_end;
	__u64 vec;
	__u64 vec_len;
	__u64 max_pages;
	__u64 category_inverted;
	__u64 category_mask;
	__u64 category_anyof_mask;
	__u64 return_mask;
};

static void mark(__u32 *bits, __u64 start, const struct region *region)
{
	for (__u64 at = region->start; at < region->end; at += PAGE) {
		if (region->categories & IS_HUGE)
			bits[(at - start) / PAGE] |= MMAPDEMO_ENTRY_HUGE;
		if (region->categories & IS_ZERO)
			bits[(at - start) / PAGE] |= MMAPDEMO_ENTRY_ZERO;
	}
}

/*
 * If the kernel has PAGEMAP_SCAN, read the MMAPDEMO_ENTRY_* bits that pagemap
 * lacks.
 */
static void read_bits(int fd, __u64 start, __u64 end, __u32 *bits)
{
	struct region regions[REGIONS];
	struct scan scan = {
		.size = sizeof(scan),
		.start = start,
		.end = end,
		.vec = (uintptr_t)regions,
		.vec_len = REGIONS,
		.category_anyof_mask = IS_HUGE | IS_ZERO,
		.return_mask = IS_HUGE | IS_ZERO,
	};
	int count;

	memset(bits, 0, (end - start) / PAGE * sizeof(*bits));
	while (scan.start < end) {
		count = ioctl(fd, _IOWR('f', 16, struct scan), &scan);
		if (count < 0)
			return;
		for (int i = 0; i < count; i++)
			mark(bits, start, &regions[i]);
		scan.start = scan.walk_end;
	}
}

/* ---- the entries ---- */

static struct mmapdemo_run run_of(__u64 address, __u64 entry, __u32 bits)
{
	struct mmapdemo_run run = {
		.address = address,
		.count = 1,
		.level = MMAPDEMO_LEVEL_PTE,
		.frame = entry & FRAME,
	};

	if (entry & PRESENT) {
		run.entry = MMAPDEMO_ENTRY_PRESENT | bits;
		if (!(entry & OF_FILE) && !(bits & MMAPDEMO_ENTRY_ZERO))
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

/*
 * Skip guard markers. Also skip entries in which only SOFT_DIRTY is set: in a
 * new VMA, SOFT_DIRTY is set in all entries.
 */
static int visit_entries(__u64 address, const __u64 *entries,
			 const __u32 *bits, size_t count,
			 int (*visit)(const struct mmapdemo_run *run,
				      void *data), void *data)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		struct mmapdemo_run run = run_of(address + i * PAGE,
						 entries[i], bits[i]);

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
	static __u32 bits[ROOM];
	int err = 0;

	while (!err && start < end) {
		size_t count = (end - start) / PAGE;
		ssize_t bytes;

		if (count > ROOM)
			count = ROOM;
		bytes = pread(fd, entries, count * sizeof(*entries),
			      start / PAGE * sizeof(*entries));
		if (bytes <= 0)	/* 0 means that the process has just ended */
			return bytes ? -errno : -ESRCH;
		count = bytes / sizeof(*entries);
		read_bits(fd, start, start + count * PAGE, bits);
		err = visit_entries(start, entries, bits, count, visit, data);
		start += count * PAGE;
	}
	return err;
}

static __u64 clip(__u64 address, __u64 start, __u64 end)
{
	return address < start ? start : address > end ? end : address;
}

static int open_pagemap(int pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool pagemap_knows_huge(int pid)
{
	struct scan scan = { .size = sizeof(scan), .return_mask = IS_HUGE };
	int fd = open_pagemap(pid), count = -1;

	if (fd >= 0) {
		count = ioctl(fd, _IOWR('f', 16, struct scan), &scan);
		close(fd);
	}
	return count >= 0;
}

__u32 pagemap_exclusive(int pid, __u64 start, __u64 end)
{
	__u64 entries[PAGEMAP_BLOCK];
	int fd = open_pagemap(pid);
	__u32 count = 0;
	ssize_t bytes;

	if (fd < 0)
		return 0;
	bytes = pread(fd, entries, (end - start) / PAGE * sizeof(*entries),
		      start / PAGE * sizeof(*entries));
	for (ssize_t i = 0; i < bytes / (ssize_t)sizeof(*entries); i++)
		count += entries[i] & PRESENT && entries[i] & EXCLUSIVE;
	close(fd);
	return count;
}

bool pagemap_guards(int pid, __u64 address)
{
	int fd = open_pagemap(pid);
	__u64 entry = 0;

	if (fd < 0)
		return false;
	if (pread(fd, &entry, sizeof(entry), address / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		entry = 0;
	close(fd);
	return entry & GUARD;
}

int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data)
{
	struct vmas vmas;
	int err = vmas_read_ranges(&vmas, pid), fd;

	if (err)
		return err;
	fd = open_pagemap(pid);
	if (fd < 0)
		err = -errno;
	for (size_t i = 0; !err && i < vmas.count; i++)
		err = visit_range(fd, clip(vmas.list[i].start, start, end),
				  clip(vmas.list[i].end, start, end), visit,
				  data);
	if (!err)
		err = vmas_whole(&vmas);
	if (fd >= 0)
		close(fd);
	vmas_free(&vmas);
	return err;
}
