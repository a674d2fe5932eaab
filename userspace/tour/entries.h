/* SPDX-License-Identifier: GPL-2.0-only */
/* Totals of the page table entries that map a range of this process. */
#ifndef _ENTRIES_H
#define _ENTRIES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct entries - page table entries of a range
 * @pages: number of mapped pages
 * @frame: page frame number of the first page; 0: there is no page, or the
 *	number is hidden because the user is not root
 * @runs: number of runs of pages with consecutive page frame numbers
 * @huge: at least one page is mapped above the PTE level
 * @tables: number of page tables of the last level
 */
struct entries {
	size_t pages;
	__u64 frame;
	int runs;
	bool huge;
	long tables;
};

/*
 * Return the totals. If the page tables can't be read, all totals are 0. @fd is
 * a descriptor of /dev/mmapdemo.
 */
struct entries entries_of(int fd, const volatile void *start, size_t length);

#endif /* _ENTRIES_H */
