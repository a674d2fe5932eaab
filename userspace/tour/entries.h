/* SPDX-License-Identifier: GPL-2.0-only */
/* What the page tables of this process have for a range, added up. */
#ifndef _ENTRIES_H
#define _ENTRIES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct entries - of a range
 * @pages: mapped
 * @frame: of the first page; 0: none, or only root may know
 * @runs: of pages in which the frames follow each other
 * @huge: a page is mapped above the PTE level
 * @tables: of the last level
 */
struct entries {
	size_t pages;
	__u64 frame;
	int runs;
	bool huge;
	long tables;
};

/* @fd: /dev/mmapdemo. All 0, where it can't be told. */
struct entries entries_of(int fd, const volatile void *start, size_t length);

#endif /* _ENTRIES_H */
