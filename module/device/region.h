/* SPDX-License-Identifier: GPL-2.0-only */
/* Regions: memory that can be mapped. */
#ifndef _MMAPDEMO_REGION_H
#define _MMAPDEMO_REGION_H

#include "compat/mmap.h"
#include "device/plan.h"

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct address_space;
struct backing;
struct cred;
struct file;
struct inode;
struct iov_iter;
struct method;

/** enum region_count - the counters of a region */
enum region_count {
	REGION_RESIDENT,	/* existing pages; counted by the page cache */
	REGION_READ,		/* faults for a load */
	REGION_SHARED,		/* faults for a store to a shared mapping */
	REGION_COW,		/* faults for a store to a private mapping */
	REGION_REFUSED,		/* faults answered with an error */
	REGION_MMAPS,		/* calls of .mmap_prepare or .mmap */
	REGION_MAPPINGS,	/* mappings that were not merged with a neighbour */
	REGION_HUGE,		/* faults answered with a PMD */
	REGION_AROUND,		/* pages mapped around the touched page */
	REGION_PLANNED,		/* faults answered by a plan */
	REGION_COUNTS
};

/* The counters of one CPU. They may be negative: only the sum is meaningful. */
struct region_counts {
	s64 count[REGION_COUNTS];
};

/**
 * struct region - a piece of memory that can be mapped
 * @size: bytes, a multiple of the page size. Written with @lock and the
 *	invalidate lock of @mapping held, so that a task that adds a page sees
 *	the current end; read with READ_ONCE()
 * @method: method of mapping; never changes
 * @flags: MMAPDEMO_REGION_*; never change
 * @inode: inode of the region, see inode.c
 * @mapping: address_space of @inode, which holds the pages of the region, and the
 *	VMAs that map them; see pages.c
 * @shared: this is the default region, which all open files share, and which
 *	never changes
 * @file: the open device that owns the region; NULL with @shared
 * @lock: serializes changes; taken before the invalidate lock of @mapping; never
 *	taken by a fault
 * @backing: file of a file-backed region, or NULL; set before the region is used
 * @payer: credentials of the user whose RLIMIT_MEMLOCK is charged with @size, or
 *	NULL; set before the region is used
 * @all: array of all pages, for methods that map all of them at once
 * @plans: faults that are answered by a plan
 * @counts: see enum region_count
 *
 * A region exists as long as the open file that owns it. A mapping holds a
 * reference on that file.
 */
struct region {
	u64 size;
	const struct method *method;
	u32 flags;
	struct inode *inode;
	struct address_space *mapping;
	bool shared;
	struct file *file;
	struct mutex lock;	/* serializes changes */
	struct backing *backing;
	const struct cred *payer;
	struct page **all;
	struct plans plans;
	struct region_counts __percpu *counts;
};

/* region.c: life cycle, size, counters */
struct region *mmapdemo_region_create(u64 size, const struct method *method,
				      u32 flags);
void mmapdemo_region_free(struct region *region);
int mmapdemo_region_resize(struct region *region, u64 size,
			   int (*account)(const struct cred *payer, s64 bytes));
int mmapdemo_region_punch(struct region *region, u64 start, u64 end);
u64 mmapdemo_region_bytes(const struct region *region);
u64 mmapdemo_region_count(const struct region *region, enum region_count count);

/* io.c: access without a mapping */
ssize_t mmapdemo_region_read(struct region *region, loff_t pos,
			     struct iov_iter *to);
ssize_t mmapdemo_region_write(struct region *region, loff_t pos,
			      struct iov_iter *from);
int mmapdemo_region_access(struct vm_area_struct *vma, unsigned long address,
			   void *buffer, int length, int write);

static inline pgoff_t region_end(const struct region *region)
{
	return READ_ONCE(region->size) >> PAGE_SHIFT;
}

/**
 * mmapdemo_region_add - add to a counter
 * @region: the region
 * @count: the counter
 * @much: number to add; negative to subtract
 */
static inline void mmapdemo_region_add(struct region *region,
				       enum region_count count, s64 much)
{
	this_cpu_add(region->counts->count[count], much);
}

#endif /* _MMAPDEMO_REGION_H */
