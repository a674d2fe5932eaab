/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps of touched pages. A block has the size of a huge page, and has one
 * bitmap for each kind of first use. This code does no I/O.
 */
#ifndef _PAGE_BLOCK_H
#define _PAGE_BLOCK_H

#include "report/area.h"

#define BLOCK_BYTES (2ULL << 20)
#define BLOCK_PAGES 512
#define BLOCK_PAGE_BYTES (BLOCK_BYTES / BLOCK_PAGES)

/* Kinds of first use of a page. */
enum page_use {
	USE_WRITE,	/* the first access was a store */
	USE_READ,	/* the first access was a load */
	USE_ZERO,	/* a store replaced the zero page */
	USE_COPY,	/* a store replaced a page of the file */
	USES
};

/* The system call that freed pages before they were touched again */
enum taker {
	TAKER_MADVISE,
	TAKER_BRK,
	TAKER_MUNMAP,
	TAKER_OTHER,
	TAKER_UNKNOWN,
	TAKERS
};

/* Whether a page was touched before. */
enum touch_order {
	TOUCH_LATER,		/* touched before, in the same mapping */
	TOUCH_NEW_MAPPING,	/* touched before, but only in an earlier mapping */
	TOUCH_FIRST
};

/** struct page_set - set of pages of a block */
struct page_set {
	__u64 bits[BLOCK_PAGES / 64];
};

/**
 * struct page_block - a block of pages of one file, or of anonymous memory, in
 *	an address space
 * @next: next block at the same addresses; it has another file, or none
 * @placed: the block is in the list of its struct page_place
 * @space: number of the address space
 * @base: address of the first byte
 * @dev: device of the file
 * @ino: inode number of the file
 * @touched: pages that were present at some time since mremap() last moved them
 * @gone: those of the @touched pages that were unmapped or freed, by enum taker
 * @again: pages that were touched again after they had been unmapped or freed, by
 *	enum taker
 * @nr: the last system call that unmapped or freed pages, by enum taker
 * @ended: end of the last fault, ns of CLOCK_MONOTONIC
 * @pages: pages that faults brought in, by enum page_use
 * @faults: statistics of the faults that brought in @pages
 */
struct page_block {
	struct page_block *next;
	bool placed;
	__u32 space;
	__u64 base;
	__u32 dev;
	__u64 ino;
	struct page_set touched;
	struct page_set gone[TAKERS];
	struct page_set again[TAKERS];
	__s64 nr[TAKERS];
	__u64 ended;
	struct page_set pages[USES];
	struct stats faults[USES];
};

/**
 * struct page_place - a range of addresses that can contain blocks
 * @blocks: list of the blocks at these addresses, except blocks that were
 *	unmapped
 */
struct page_place {
	__u32 space;
	__u64 base;
	struct page_block *blocks;
};

/**
 * struct page_blocks - all blocks; if zeroed, there are none
 * @tree: tree of all blocks
 * @places: tree of all places
 * @count: number of places
 * @last: the last block that page_block() returned
 */
struct page_blocks {
	void *tree;
	void *places;
	size_t count;
	struct page_block *last;
};

/* Return the block of an address in @area. Return NULL if there is no memory. */
struct page_block *page_block(struct page_blocks *blocks,
			      const struct area *area, __u64 address);

/*
 * Return which system call unmapped or freed a page that has not been touched again.
 * Return TAKERS if there is no such call.
 */
enum taker page_block_taker(const struct page_block *block, __u64 address);

/* Note that pages are present again. */
void page_block_return(struct page_block *block, struct page_set pages);

/* Note that the system call @nr has unmapped a range of an address space. */
void page_blocks_unmap(struct page_blocks *blocks, __u32 space, __u64 start,
		       __u64 end, __s64 nr);

/*
 * Note that a range was moved to another address. The next touch of a page at
 * the old address is a first touch.
 */
void page_blocks_move(struct page_blocks *blocks, __u32 space, __u64 start,
		      __u64 end);

/* Call @visit for each block. */
void page_blocks_each(const struct page_blocks *blocks,
		      void (*visit)(const struct page_block *block,
				    void *data), void *data);
void page_blocks_free(struct page_blocks *blocks);

bool page_set_has(const struct page_set *set, __u64 address);

/* Return the set of those pages of the block at @base that are in a range. */
struct page_set page_set_range(__u64 base, __u64 start, __u64 end);
struct page_set page_set_and(struct page_set a, struct page_set b);
struct page_set page_set_without(struct page_set a, struct page_set b);
void page_set_add(struct page_set *set, struct page_set more);
unsigned int page_set_count(struct page_set set);

#endif /* _PAGE_BLOCK_H */
