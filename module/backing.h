/* SPDX-License-Identifier: GPL-2.0-only */
/* A regular file behind a region. */
#ifndef _MMAPDEMO_BACKING_H
#define _MMAPDEMO_BACKING_H

#include "region.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct file;
struct iov_iter;
struct page;

/**
 * struct backing - the file behind a region
 * @region: which
 * @file: an open file of our own: what others do with theirs, as setting
 *	O_APPEND, does not concern it
 * @work: writes what is dirty. It never runs twice at a time
 * @writing: held by @work, and by who wants nothing to be on its way to the file;
 *	inside of the region's lock, outside of the file's and of a page's
 */
struct backing {
	struct region *region;
	struct file *file;
	struct delayed_work work;
	struct mutex writing;	/* nothing else is on its way */
};

static inline loff_t backing_pos(pgoff_t pgoff)
{
	return (loff_t)pgoff << PAGE_SHIFT;
}

/* Is a page still in the region? It stays while it is locked. */
static inline bool backing_has(struct backing *backing, struct page *page,
			       pgoff_t pgoff)
{
	return xa_load(&backing->region->pages, pgoff) == page;
}

int mmapdemo_backing_open(struct region *region, int fd);
void mmapdemo_backing_close(struct backing *backing);

u64 mmapdemo_backing_bytes(const struct backing *backing);
struct page *mmapdemo_backing_lock(struct backing *backing, pgoff_t pgoff);
vm_fault_t mmapdemo_backing_ready(struct vm_fault *vmf);
ssize_t mmapdemo_backing_write(struct backing *backing, loff_t pos, size_t part,
			       struct iov_iter *from);
int mmapdemo_backing_punch(struct backing *backing, u64 start, u64 end);

extern const struct vm_operations_struct mmapdemo_backing_vm_ops;

/* writeback.c */
void mmapdemo_writeback_later(struct backing *backing);
void mmapdemo_writeback_wait(struct backing *backing);
void mmapdemo_writeback_work(struct work_struct *work);
int mmapdemo_writeback_sync(struct backing *backing, struct file *file,
			    loff_t start, loff_t end, int datasync);

#endif /* _MMAPDEMO_BACKING_H */
