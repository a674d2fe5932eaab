// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/page_block.h"
#include "base/order.h"
#include "base/tree.h"

#include <search.h>
#include <stdlib.h>
#include <sys/syscall.h>

/* ---- sets ---- */

static unsigned int page_of(__u64 address)
{
	return address % BLOCK_BYTES / BLOCK_PAGE_BYTES;
}

bool page_set_has(const struct page_set *set, __u64 address)
{
	unsigned int page = page_of(address);

	return set->bits[page / 64] >> page % 64 & 1;
}

struct page_set page_set_range(__u64 base, __u64 start, __u64 end)
{
	__u64 page = BLOCK_PAGE_BYTES;
	struct page_set set = { 0 };

	if (start < base)
		start = base;
	if (end > base + BLOCK_BYTES)
		end = base + BLOCK_BYTES;
	for (start &= -page; start < end; start += page)
		set.bits[page_of(start) / 64] |= 1ULL << page_of(start) % 64;
	return set;
}

struct page_set page_set_and(struct page_set a, struct page_set b)
{
	for (size_t i = 0; i < BLOCK_PAGES / 64; i++)
		a.bits[i] &= b.bits[i];
	return a;
}

struct page_set page_set_without(struct page_set a, struct page_set b)
{
	for (size_t i = 0; i < BLOCK_PAGES / 64; i++)
		a.bits[i] &= ~b.bits[i];
	return a;
}

void page_set_add(struct page_set *set, struct page_set more)
{
	for (size_t i = 0; i < BLOCK_PAGES / 64; i++)
		set->bits[i] |= more.bits[i];
}

unsigned int page_set_count(struct page_set set)
{
	unsigned int count = 0;

	for (size_t i = 0; i < BLOCK_PAGES / 64; i++)
		count += __builtin_popcountll(set.bits[i]);
	return count;
}

/* ---- blocks ---- */

static int compare(const void *a, const void *b)
{
	const struct page_block *x = a, *y = b;

	return ORDER(x->space, y->space) ?: ORDER(x->base, y->base) ?:
	       ORDER(x->ino, y->ino) ?: ORDER(x->dev, y->dev);
}

static int compare_places(const void *a, const void *b)
{
	const struct page_place *x = a, *y = b;

	return ORDER(x->space, y->space) ?: ORDER(x->base, y->base);
}

static struct page_place *find_place(const struct page_blocks *blocks,
				     __u32 space, __u64 base)
{
	const struct page_place like = { .space = space, .base = base };

	return tree_find(&blocks->places, &like, compare_places);
}

static struct page_place *get_place(struct page_blocks *blocks, __u32 space,
				    __u64 base)
{
	const struct page_place like = { .space = space, .base = base };
	struct page_place *place = find_place(blocks, space, base);

	if (place)
		return place;
	place = tree_add(&blocks->places, &like, sizeof(like), compare_places);
	blocks->count += place != NULL;
	return place;
}

static struct page_block *find_block(struct page_blocks *blocks,
				     const struct area *area, __u64 base)
{
	const struct page_block like = {
		.space = area->space, .base = base,
		.ino = area->ino, .dev = area->dev,
	};

	return tree_find(&blocks->tree, &like, compare);
}

static struct page_block *new_block(struct page_blocks *blocks,
				    const struct area *area, __u64 base)
{
	const struct page_block like = {
		.space = area->space, .base = base,
		.ino = area->ino, .dev = area->dev,
	};

	return tree_add(&blocks->tree, &like, sizeof(like), compare);
}

static bool is_of(const struct page_block *block, const struct area *area,
		  __u64 base)
{
	return block->base == base && block->space == area->space &&
	       block->ino == area->ino && block->dev == area->dev;
}

/*
 * Add the block to the list of its struct page_place, so that
 * page_blocks_unmap() finds the block. Return false if there is no memory.
 */
static bool put_in_place(struct page_blocks *blocks, struct page_block *block)
{
	struct page_place *place;

	if (block->placed)
		return true;
	place = get_place(blocks, block->space, block->base);
	if (!place)
		return false;
	block->placed = true;
	block->next = place->blocks;
	place->blocks = block;
	return true;
}

struct page_block *page_block(struct page_blocks *blocks,
			      const struct area *area, __u64 address)
{
	__u64 base = address & -BLOCK_BYTES;
	struct page_block *block = blocks->last;

	if (!block || !is_of(block, area, base))
		block = find_block(blocks, area, base);
	if (!block)
		block = new_block(blocks, area, base);
	if (!block || !put_in_place(blocks, block))
		return NULL;
	blocks->last = block;
	return block;
}

/* ---- unmapping ---- */

/**
 * struct range - a range of an address space that the system call @nr unmapped
 * @moved: the pages still exist at another address
 */
struct range {
	__u32 space;
	__u64 start;
	__u64 end;
	__s64 nr;
	bool moved;
};

static enum taker taker_of(__s64 nr)
{
	switch (nr) {
	case SYS_madvise:
		return TAKER_MADVISE;
	case SYS_brk:
		return TAKER_BRK;
	case SYS_munmap:
		return TAKER_MUNMAP;
	default:
		return TAKER_OTHER;
	}
}

enum taker page_block_taker(const struct page_block *block, __u64 address)
{
	enum taker taker = 0;

	while (taker < TAKERS && !page_set_has(&block->gone[taker], address))
		taker++;
	return taker;
}

void page_block_return(struct page_block *block, struct page_set pages)
{
	for (enum taker i = 0; i < TAKERS; i++)
		block->gone[i] = page_set_without(block->gone[i], pages);
}

static void take(struct page_block *block, struct page_set pages, __s64 nr)
{
	enum taker taker = taker_of(nr);

	page_set_add(&block->gone[taker], pages);
	block->nr[taker] = nr;
}

/* Return the touched pages that were neither unmapped nor freed. */
static struct page_set present(const struct page_block *block)
{
	struct page_set set = block->touched;

	for (enum taker i = 0; i < TAKERS; i++)
		set = page_set_without(set, block->gone[i]);
	return set;
}

/*
 * Unmap the pages of a block that are in the range. madvise() does not take pages
 * that another call has taken. Return true if no touched page of the block is mapped
 * any longer. Return false for madvise(), which frees pages, but does not unmap
 * addresses.
 */
static bool unmap_block(struct page_block *block, const struct range *range)
{
	struct page_set set = page_set_range(block->base, range->start,
					     range->end);

	set = page_set_and(set, range->nr == SYS_madvise ? present(block) :
							   block->touched);
	if (page_set_count(set)) {
		page_block_return(block, set);
		if (range->moved)
			block->touched = page_set_without(block->touched, set);
		else
			take(block, set, range->nr);
	}
	set = present(block);
	return range->nr != SYS_madvise && !page_set_count(set);
}

/*
 * Unmap those pages of all blocks at a place that are in the range. Remove
 * blocks that are no longer mapped, because a program may map many files at the
 * same address, one after the other.
 */
static void unmap(struct page_place *place, const struct range *range)
{
	struct page_block **blockp = place ? &place->blocks : NULL;

	while (blockp && *blockp) {
		struct page_block *block = *blockp;

		if (unmap_block(block, range)) {
			block->placed = false;
			*blockp = block->next;
		} else {
			blockp = &block->next;
		}
	}
}

static void unmap_node(const void *node, VISIT which, void *data)
{
	struct page_place *place = *(struct page_place *const *)node;
	const struct range *range = data;

	if ((which == postorder || which == leaf) &&
	    place->space == range->space && place->base < range->end &&
	    place->base + BLOCK_BYTES > range->start)
		unmap(place, range);
}

static void unmap_range(struct page_blocks *blocks, struct range range)
{
	__u64 base = range.start & -BLOCK_BYTES;

	if ((range.end - base) / BLOCK_BYTES > blocks->count) {
		twalk_r(blocks->places, unmap_node, &range);
		return;
	}
	for (__u64 left = range.end - base; base < range.end;
	     base += BLOCK_BYTES) {
		unmap(find_place(blocks, range.space, base), &range);
		if (left <= BLOCK_BYTES)	/* prevent an overflow */
			return;
		left -= BLOCK_BYTES;
	}
}

void page_blocks_unmap(struct page_blocks *blocks, __u32 space, __u64 start,
		       __u64 end, __s64 nr)
{
	unmap_range(blocks, (struct range){ space, start, end, nr, false });
}

void page_blocks_move(struct page_blocks *blocks, __u32 space, __u64 start,
		      __u64 end)
{
	unmap_range(blocks, (struct range){ space, start, end, -1, true });
}

/* ---- all ---- */

/** struct visitor - callback of page_blocks_each() */
struct visitor {
	void (*visit)(const struct page_block *block, void *data);
	void *data;
};

static void visit_node(const void *node, VISIT which, void *data)
{
	const struct page_block *block = *(struct page_block *const *)node;
	const struct visitor *visitor = data;

	if (which == postorder || which == leaf)
		visitor->visit(block, visitor->data);
}

void page_blocks_each(const struct page_blocks *blocks,
		      void (*visit)(const struct page_block *block,
				    void *data), void *data)
{
	struct visitor visitor = { visit, data };

	twalk_r(blocks->tree, visit_node, &visitor);
}

void page_blocks_free(struct page_blocks *blocks)
{
	tdestroy(blocks->places, free);
	tdestroy(blocks->tree, free);
	*blocks = (struct page_blocks){ 0 };
}
