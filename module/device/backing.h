/* SPDX-License-Identifier: GPL-2.0-only */
/* File-backed regions, whose memory belongs to a regular file. */
#ifndef _MMAPDEMO_BACKING_H
#define _MMAPDEMO_BACKING_H

#include <linux/types.h>

struct backing;
struct file;
struct iov_iter;
struct region;
struct vm_area_struct;

int mmapdemo_backing_open(struct region *region, int fd);
void mmapdemo_backing_close(struct backing *backing);

int mmapdemo_backing_mmap(struct region *region, struct vm_area_struct *vma);
unsigned long mmapdemo_backing_search(const struct backing *backing,
				      unsigned long address,
				      unsigned long length,
				      unsigned long pgoff,
				      unsigned long flags);

ssize_t mmapdemo_backing_read(const struct region *region, loff_t pos,
			      struct iov_iter *to);
ssize_t mmapdemo_backing_write(const struct region *region, loff_t pos,
			       struct iov_iter *from);
int mmapdemo_backing_sync(const struct backing *backing, loff_t start,
			  loff_t end, int datasync);

u64 mmapdemo_backing_bytes(const struct region *region);
u64 mmapdemo_backing_resident(const struct region *region);
u64 mmapdemo_backing_state(const struct region *region, pgoff_t pgoff);
int mmapdemo_backing_punch(const struct backing *backing, u64 start, u64 end);

#endif /* _MMAPDEMO_BACKING_H */
