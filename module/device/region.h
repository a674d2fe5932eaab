/* SPDX-License-Identifier: GPL-2.0-only */
/* Regions: pieces of memory that programs can map. */
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
	REGION_RESIDENT,	/* existing pages; the page cache counts them */
	REGION_READ,		/* faults for a load */
	REGION_SHARED,		/* faults for a store to a shared mapping */
	REGION_COW,		/* faults for a store to a private mapping */
	REGION_REFUSED,		/* faults that were answered with an error */
	REGION_MMAPS,		/* calls of the driver's .mmap_prepare or .mmap */
	REGION_MAPPINGS,	/* mappings that were not merged with a neighbour */
	REGION_HUGE,		/* faults that mapped a block by a PMD */
	REGION_AROUND,		/* pages that faults mapped around the touched page */
	REGION_PLANNED,		/* faults that were answered by a plan */
	REGION_COUNTS
};

/*
 * The counters of one CPU. A counter may be negative: only its sum over all
 * CPUs is meaningful.
 */
struct region_counts {
	s64 count[REGION_COUNTS];
};

/**
 * struct region - a piece of memory that can be mapped
 * @size: size in bytes, a multiple of the page size. A writer holds @lock and
 *	the invalidate lock of @mapping, so that a task that adds a page sees
 *	the current end. A reader uses READ_ONCE()
 * @method: method to map the region; never changes
 * @flags: MMAPDEMO_REGION_*; never change
 * @inode: inode of the region: see inode.c
 * @mapping: address_space of @inode. This address_space contains the pages of
 *	the region, and the VMAs that map these pages: see pages.c
 * @shared: true for the default region, which open files share, and whose size
 *	never changes
 * @file: the open file that owns the region; NULL if @shared is true
 * @lock: serializes changes of the region. A task takes @lock before the
 *	invalidate lock of @mapping. A fault never takes @lock
 * @backing: file of a file-backed region, or NULL; set before the region is used
 * @payer: credentials of the user to whose RLIMIT_MEMLOCK @size is charged, or
 *	NULL; set before the region is used
 * @all: array of all pages, for the method "prepare"
 * @plans: plans that answer faults
 * @counts: counters for each CPU: see enum region_count
 *
 * A separate region exists as long as the open file that owns the region. A
 * mapping holds a reference on this open file.
 */
struct region {
	u64 size;
	const struct method *method;
	u32 flags;
	struct inode *inode;
	struct address_space *mapping;
	bool shared;
	struct file *file;
	struct mutex lock;	/* serializes changes of the region */
	struct backing *backing;
	const struct cred *payer;
	struct page **all;
	struct plans plans;
	struct region_counts __percpu *counts;
};

/* functions in region.c: life cycle, size and counters */
struct region *mmapdemo_region_create(u64 size, const struct method *method,
				      u32 flags);
void mmapdemo_region_free(struct region *region);
int mmapdemo_region_resize(struct region *region, u64 size,
			   int (*account)(const struct cred *payer, s64 bytes));
int mmapdemo_region_punch(struct region *region, u64 start, u64 end);
u64 mmapdemo_region_bytes(const struct region *region);
u64 mmapdemo_region_count(const struct region *region, enum region_count count);

/* functions in io.c: access by read(), write() and ptrace() */
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
 * mmapdemo_region_add - add a number to a counter
 * @region: the region
 * @count: the counter
 * @much: number to add; may be negative
 */
static inline void mmapdemo_region_add(struct region *region,
				       enum region_count count, s64 much)
{
	this_cpu_add(region->counts->count[count], much);
}

#endif /* _MMAPDEMO_REGION_H */
