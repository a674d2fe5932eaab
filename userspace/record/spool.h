/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages (sub-buffers) of each processor during a recording. They are in
 * unnamed files next to the final file. Functions that return int return 0 or
 * -errno.
 */
#ifndef _SPOOL_H
#define _SPOOL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct spool - temporary files with pages
 * @fds: one file per processor
 * @bytes: size of each file
 * @sums: checksums of the pages of each file
 * @count: number of @sums of each file
 * @cpus: number of processors
 * @total: total size of the files
 * @tail: bytes requested by spool_reserve()
 * @reserve: a file that only reserves disk space, -1: none
 * @reserved: size of @reserve
 * @punches: the file system can free the beginning of a file
 * @limit: maximum size of a file, RLIMIT_FSIZE
 */
struct spool {
	int *fds;
	__u64 *bytes;
	__u64 **sums;
	size_t *count;
	int cpus;
	__u64 total;
	__u64 tail;
	int reserve;
	__u64 reserved;
	bool punches;
	__u64 limit;
};

/* @sibling: a file in the directory to use. */
int spool_open(struct spool *spool, const char *sibling, int cpus);
void spool_close(struct spool *spool);

/*
 * Reserve @bytes, in addition to pages, checksums and header. Then the final
 * file fits even if the disk becomes full.
 */
int spool_reserve(struct spool *spool, __u64 bytes);

/*
 * Append a page if there is space for it. If not, nothing changes. @data is the
 * spool, because this is a visitor of stream_pages().
 */
int spool_page(int cpu, const void *page, size_t size, void *data);

/* Free the reserved space. No page can be appended after that. */
void spool_seal(struct spool *spool);

/* Append all pages of one processor to @to, and free their space. */
int spool_move(struct spool *spool, int cpu, int to);

/* Return a checksum. @data has any alignment. @sum: the sum so far, or 0. */
__u64 sum_of(__u64 sum, const void *data, size_t size);

#endif /* _SPOOL_H */
