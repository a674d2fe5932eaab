/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of a process according to /proc. mmapdemo uses /proc if it can't walk
 * the page tables of the process.
 */
#ifndef _PAGEMAP_H
#define _PAGEMAP_H

#include "mmapdemo.h"

#include <stdbool.h>

/*
 * Call @visit for every page of a range that is in memory or swapped out. Each
 * page is passed to @visit as a run of one page. The permissions of the pages
 * are unknown. Only root can see page frame numbers. Before Linux 6.7, huge
 * pages and the zero page are not recognized. Return 0, -errno, or the result
 * of @visit.
 */
int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data);

/* Return true if huge pages and the zero page are recognized. */
bool pagemap_knows_huge(int pid);

/*
 * Return true if the page is in a guard region. Before Linux 6.15, always
 * return false.
 */
/*
 * Return how many pages from @start to @end, at most PAGEMAP_BLOCK pages, are mapped only
 * once, by this process.
 */
#define PAGEMAP_BLOCK 512
__u32 pagemap_exclusive(int pid, __u64 start, __u64 end);

bool pagemap_guards(int pid, __u64 address);

#endif /* _PAGEMAP_H */
