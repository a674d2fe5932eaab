/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a process from /proc, if its page tables can't be walked. */
#ifndef _PAGEMAP_H
#define _PAGEMAP_H

#include "mmapdemo.h"

#include <stdbool.h>

/*
 * Call @visit for every page of a range that is in memory or swapped out, as a
 * run of one page. Permissions are unknown. Page frame numbers are visible to
 * root only. Before Linux 6.7, huge pages and the zero page are not recognized.
 * Return 0, -errno, or the result of @visit.
 */
int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data);

/* Return true if the page is in a guard region. Always false before 6.15. */
bool pagemap_guards(int pid, __u64 address);

#endif /* _PAGEMAP_H */
