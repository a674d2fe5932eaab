/* SPDX-License-Identifier: GPL-2.0-only */
/* The object that is mapped: pages, and what is known of them. */
#ifndef _MMAPDEMO_REGION_H
#define _MMAPDEMO_REGION_H

#include "compat/mmap.h"
#include "device/plan.h"

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct address_space;
struct backing;
struct cred;
struct file;
struct inode;
struct iov_iter;
struct method;

/** enum region_count - what a region counts */
enum region_count {
	REGION_RESIDENT,	/* pages it has */
	REGION_READ,		/* faults: supplied to a reader */
	REGION_SHARED,		/* supplied to a writer of a shared mapping */
	REGION_COW,		/* supplied to be copied for a private one */
	REGION_REFUSED,		/* answered with an error */
	REGION_MMAPS,		/* times the mmap hook was called */
	REGION_MAPPINGS,	/* new mappings: not merged with a neighbour */
	REGION_HUGE,		/* faults answered with a PMD */
	REGION_AROUND,		/* pages mapped beside the one touched */
	REGION_PLANNED,		/* faults answered as planned */
	REGION_COUNTS
};

/* One CPU's share: the sum over all is meant, a share may be negative. */
struct region_counts {
	s64 count[REGION_COUNTS];
};

/**
 * struct region - a piece of memory that can be mapped
 * @size: bytes, a multiple of the page size. Written with @lock and the lock of
 *	@pages, so who adds a page under the latter knows the true end; read with
 *	READ_ONCE()
 * @method: how it is mapped; never changes
 * @flags: MMAPDEMO_REGION_*; never change
 * @inode: what it is to mm, see inode.c
 * @mapping: of @inode, where the VMAs that map it are found
 * @shared: all who open the device share it: it never changes
 * @file: the open device whose it is; with @shared NULL
 * @lock: outside of the lock of a page, and of what unmap_mapping_range() takes;
 *	never taken by a fault
 * @pages: page offset -> struct page, see pages.c
 * @backing: the file that it is, or NULL; set before the region is used
 * @payer: whose RLIMIT_MEMLOCK @size is charged to, or NULL; set as @backing is
 * @all: its pages as an array, with methods that map all at once
 * @plans: faults to be answered otherwise
 * @counts: see enum region_count
 *
 * Lives as long as the open file whose it is, and a mapping holds that.
 */
struct region {
	u64 size;
	const struct method *method;
	u32 flags;
	struct inode *inode;
	struct address_space *mapping;
	bool shared;
	struct file *file;
	struct mutex lock;	/* one change at a time */
	struct xarray pages;
	struct backing *backing;
	const struct cred *payer;
	struct page **all;
	struct plans plans;
	struct region_counts __percpu *counts;
};

/* region.c: life, size, counters */
struct region *mmapdemo_region_create(u64 size, const struct method *method,
				      u32 flags);
void mmapdemo_region_free(struct region *region);
int mmapdemo_region_resize(struct region *region, u64 size,
			   int (*account)(const struct cred *payer, s64 bytes));
int mmapdemo_region_punch(struct region *region, u64 start, u64 end);
u64 mmapdemo_region_bytes(const struct region *region);
u64 mmapdemo_region_count(const struct region *region, enum region_count count);

/* io.c: the same bytes without a mapping */
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
 * mmapdemo_region_add - count
 * @region: the region
 * @count: what
 * @much: how many more, or, if negative, less
 */
static inline void mmapdemo_region_add(struct region *region,
				       enum region_count count, s64 much)
{
	this_cpu_add(region->counts->count[count], much);
}

#endif /* _MMAPDEMO_REGION_H */
