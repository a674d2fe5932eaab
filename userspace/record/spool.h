/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of each processor while they are recorded: in files without a name,
 * in the folder of the one they will be moved to. Functions return 0 or -errno.
 */
#ifndef _SPOOL_H
#define _SPOOL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct spool - the files
 * @fds: one for each processor
 * @bytes: written to it
 * @sums: of its pages
 * @count: of them
 * @cpus: how many
 * @total: bytes of all processors
 * @tail: bytes that spool_reserve() asked for
 * @reserve: a file that only takes space, -1: none
 * @reserved: its bytes
 * @punches: the file system can give back the begin of a file
 * @limit: of the size of a file
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

/* @beside: the file in whose folder they are. */
int spool_open(struct spool *spool, const char *beside, int cpus);
void spool_close(struct spool *spool);

/*
 * Keeps space for @bytes besides pages, their sums and a header: the whole will
 * fit, even on a disk that is full then.
 */
int spool_reserve(struct spool *spool, __u64 bytes);

/*
 * Appends, if there is space for the whole; what fails has no effect. @data is the
 * spool: it visits the pages of a stream.
 */
int spool_page(int cpu, const void *page, size_t size, void *data);

/* No page will be appended any longer: gives back the space that was kept. */
void spool_seal(struct spool *spool);

/* Appends all of one processor to @to, and gives back the space. */
int spool_move(struct spool *spool, int cpu, int to);

/* Of bytes that begin at any address, continued from another sum or 0. */
__u64 sum_of(__u64 sum, const void *data, size_t size);

#endif /* _SPOOL_H */
