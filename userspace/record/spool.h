/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages (sub-buffers) of each processor during a recording. The pages are
 * stored in unnamed files in the directory of the final file. Functions that
 * return int return 0 or -errno.
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
 * @tail: number of bytes that spool_reserve() has requested
 * @reserve: descriptor of a file that only reserves disk space; -1: none
 * @reserved: size of @reserve
 * @punches: the file system can free the space at the start of a file
 * @limit: maximum size of a file, from RLIMIT_FSIZE
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

/* Create the temporary files in the directory of the file @sibling. */
int spool_open(struct spool *spool, const char *sibling, int cpus);
void spool_close(struct spool *spool);

/*
 * Reserve @bytes in addition to the space for pages, checksums and header. With
 * this reserve, there is space for the final file even if the disk becomes
 * full.
 */
int spool_reserve(struct spool *spool, __u64 bytes);

/*
 * Append a page. If there is no space for the page, change nothing. @data
 * points to the struct spool, because this function is a visitor of
 * stream_pages().
 */
int spool_page(int cpu, const void *page, size_t size, void *data);

/* Free the reserved space. After spool_seal(), no page can be appended. */
void spool_seal(struct spool *spool);

/*
 * Append all pages of one processor to the file @to, and free the space of the
 * pages.
 */
int spool_move(struct spool *spool, int cpu, int to);

/*
 * Return the checksum of @data, which need not be aligned. @sum is the checksum
 * of the data before @data, or 0.
 */
__u64 sum_of(__u64 sum, const void *data, size_t size);

#endif /* _SPOOL_H */
