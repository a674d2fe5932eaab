/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages were touched, and how: a bit for each, in blocks as large as a
 * huge page. No input or output.
 */
#ifndef _PAGE_BLOCK_H
#define _PAGE_BLOCK_H

#include "report/area.h"

#define BLOCK_BYTES (2ULL << 20)
#define BLOCK_PAGES 512
#define BLOCK_PAGE_BYTES (BLOCK_BYTES / BLOCK_PAGES)

/* What faults did with pages */
enum page_use {
	USE_WRITE,	/* the first one was a store */
	USE_READ,	/* the first one was a load */
	USE_ZERO,	/* a store replaced the zero page */
	USE_COPY,	/* a store replaced a page of the file */
	USES
};

/** struct page_set - pages of a block */
struct page_set {
	__u64 bits[BLOCK_PAGES / 64];
};

/**
 * struct page_block - of a file or of anonymous memory, in an address space
 * @next: of the same addresses, but of another file, that is mapped, too
 * @placed: it is in that list
 * @space: number of the address space
 * @base: first byte
 * @dev: of the file
 * @ino: of the file
 * @touched: pages that were there once
 * @gone: those of @touched that were unmapped
 * @again: those that were touched again after they were taken away
 * @nr: the system call that unmapped last
 * @ended: when its last fault was over
 * @pages: by enum page_use
 * @faults: that brought these
 */
struct page_block {
	struct page_block *next;
	bool placed;
	__u32 space;
	__u64 base;
	__u32 dev;
	__u64 ino;
	struct page_set touched;
	struct page_set gone;
	struct page_set again;
	__s64 nr;
	__u64 ended;
	struct page_set pages[USES];
	struct stats faults[USES];
};

/** struct page_place - addresses, and the blocks of what is mapped there */
struct page_place {
	__u32 space;
	__u64 base;
	struct page_block *blocks;
};

/**
 * struct page_blocks - all 0: none
 * @tree: of all blocks
 * @places: a tree of their addresses
 * @count: how many of these there are
 * @last: the block that was asked for last
 */
struct page_blocks {
	void *tree;
	void *places;
	size_t count;
	struct page_block *last;
};

/* The block of an address in @area. NULL: no memory. */
struct page_block *page_block(struct page_blocks *blocks,
			      const struct area *area, __u64 address);

/* @nr has unmapped a range of an address space. */
void page_blocks_unmap(struct page_blocks *blocks, __u32 space, __u64 start,
		       __u64 end, __s64 nr);

/* Calls @visit for each. */
void page_blocks_each(const struct page_blocks *blocks,
		      void (*visit)(const struct page_block *block,
				    void *data), void *data);
void page_blocks_free(struct page_blocks *blocks);

bool page_set_has(const struct page_set *set, __u64 address);

/* The pages of @base's block in a range, which need not begin or end in it. */
struct page_set page_set_range(__u64 base, __u64 start, __u64 end);
struct page_set page_set_and(struct page_set a, struct page_set b);
struct page_set page_set_without(struct page_set a, struct page_set b);
void page_set_add(struct page_set *set, struct page_set more);
unsigned int page_set_count(struct page_set set);

#endif /* _PAGE_BLOCK_H */
