/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a process as /proc tells them, where nobody can walk its tables. */
#ifndef _PAGEMAP_H
#define _PAGEMAP_H

#include "mmapdemo.h"

#include <stdbool.h>

/*
 * Calls @visit for every page of a range that is in memory or swapped out, as a
 * run of one: what may be done there is not told; frames only to root, and
 * whether a page is part of a huge one, or the zero page, since Linux 6.7 only. 0,
 * -errno, or what @visit returned.
 */
int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data);

/* Is this page of a guard region? Before Linux 6.15 nothing says so. */
bool pagemap_guards(int pid, __u64 address);

#endif /* _PAGEMAP_H */
