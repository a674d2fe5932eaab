/* SPDX-License-Identifier: GPL-2.0-only */
/* The object that is mapped: a sparse array of pages, filled on first touch. */
#ifndef _MMAPDEMO_REGION_H
#define _MMAPDEMO_REGION_H

#include "compat/mmap.h"

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct iov_iter;

/** enum region_count - what a region counts */
enum region_count {
	REGION_RESIDENT,	/* pages allocated */
	REGION_READ,		/* faults: supplied to a reader */
	REGION_SHARED,		/* supplied to a writer of a shared mapping */
	REGION_COW,		/* supplied to be copied for a private one */
	REGION_REFUSED,		/* past the end, or out of memory */
	REGION_MMAPS,		/* times the mmap hook was called */
	REGION_MAPPINGS,	/* new mappings: not merged with a neighbour */
	REGION_COUNTS
};

/**
 * struct region - a piece of memory that can be mapped
 * @ref: one for each open file, and one for the default region
 * @size: bytes, a multiple of the page size; never changes
 * @pages: page offset -> struct page. Pages are only ever added, with the
 *	array's own lock, and live until the region is freed: a lookup needs
 *	none
 * @counts: see enum region_count
 */
struct region {
	struct kref ref;
	u64 size;
	struct xarray pages;
	atomic64_t counts[REGION_COUNTS];
};

struct region *mmapdemo_region_create(u64 size);
struct region *mmapdemo_region_get(struct region *region);
void mmapdemo_region_put(struct region *region);
u64 mmapdemo_region_count(const struct region *region, enum region_count count);

void mmapdemo_region_prepare(struct region *region, struct vm_area_desc *desc);
int mmapdemo_region_mapped(unsigned long start, unsigned long end,
			   pgoff_t pgoff, const struct file *file,
			   void **private_data);
ssize_t mmapdemo_region_read(struct region *region, loff_t pos,
			     struct iov_iter *to);
ssize_t mmapdemo_region_write(struct region *region, loff_t pos,
			      struct iov_iter *from);

#endif /* _MMAPDEMO_REGION_H */
