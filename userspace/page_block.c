// SPDX-License-Identifier: GPL-2.0-only
#include "page_block.h"

#include <search.h>
#include <stdlib.h>

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

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

	if (x->space != y->space)
		return ORDER(x->space, y->space);
	return ORDER(x->base, y->base);
}

/* The first block of these addresses, or NULL. */
static struct page_block *first_block(const struct page_blocks *blocks,
				      __u32 space, __u64 base)
{
	const struct page_block like = { .space = space, .base = base };
	struct page_block **found = tfind(&like, &blocks->tree, compare);

	return found ? *found : NULL;
}

static struct page_block *new_block(struct page_blocks *blocks,
				    const struct area *area, __u64 base)
{
	struct page_block *block = calloc(1, sizeof(*block));

	if (!block)
		return NULL;
	block->space = area->space;
	block->base = base;
	block->dev = area->dev;
	block->ino = area->ino;
	blocks->count++;
	return block;
}

static bool is_of(const struct page_block *block, const struct area *area,
		  __u64 base)
{
	return block->base == base && block->space == area->space &&
	       block->ino == area->ino && block->dev == area->dev;
}

struct page_block *page_block(struct page_blocks *blocks,
			      const struct area *area, __u64 address)
{
	__u64 base = address & -BLOCK_BYTES;
	struct page_block *first, *block = blocks->last;

	if (block && is_of(block, area, base))
		return block;
	first = first_block(blocks, area->space, base);
	for (block = first; block && !is_of(block, area, base);)
		block = block->next;
	if (!block) {
		block = new_block(blocks, area, base);
		if (!block)
			return NULL;
		if (first) {
			block->next = first->next;
			first->next = block;
		} else if (!tsearch(block, &blocks->tree, compare)) {
			free(block);
			return NULL;
		}
	}
	blocks->last = block;
	return block;
}

/* ---- unmapping ---- */

/** struct range - of an address space; @nr has unmapped it */
struct range {
	__u32 space;
	__u64 start;
	__u64 end;
	__s64 nr;
};

static void unmap(struct page_block *block, const struct range *range)
{
	for (; block; block = block->next) {
		struct page_set set = page_set_range(block->base, range->start,
						     range->end);

		set = page_set_and(set, block->touched);
		page_set_add(&block->gone, set);
		if (page_set_count(set))
			block->nr = range->nr;
	}
}

static void unmap_node(const void *node, VISIT which, void *data)
{
	struct page_block *block = *(struct page_block *const *)node;
	const struct range *range = data;

	if ((which == postorder || which == leaf) &&
	    block->space == range->space && block->base < range->end &&
	    block->base + BLOCK_BYTES > range->start)
		unmap(block, range);
}

void page_blocks_unmap(struct page_blocks *blocks, __u32 space, __u64 start,
		       __u64 end, __s64 nr)
{
	struct range range = { space, start, end, nr };
	__u64 base = start & -BLOCK_BYTES;

	if ((end - base) / BLOCK_BYTES > blocks->count) {
		twalk_r(blocks->tree, unmap_node, &range);
		return;
	}
	for (__u64 left = end - base; base < end; base += BLOCK_BYTES) {
		unmap(first_block(blocks, space, base), &range);
		if (left <= BLOCK_BYTES)	/* at the end of all addresses */
			return;
		left -= BLOCK_BYTES;
	}
}

/* ---- all ---- */

/** struct visitor - of page_blocks_each() */
struct visitor {
	void (*visit)(const struct page_block *block, void *data);
	void *data;
};

static void visit_node(const void *node, VISIT which, void *data)
{
	const struct page_block *block = *(struct page_block *const *)node;
	const struct visitor *visitor = data;

	if (which != postorder && which != leaf)
		return;
	for (; block; block = block->next)
		visitor->visit(block, visitor->data);
}

void page_blocks_each(const struct page_blocks *blocks,
		      void (*visit)(const struct page_block *block,
				    void *data), void *data)
{
	struct visitor visitor = { visit, data };

	twalk_r(blocks->tree, visit_node, &visitor);
}

static void free_blocks(void *data)
{
	struct page_block *block = data, *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
}

void page_blocks_free(struct page_blocks *blocks)
{
	tdestroy(blocks->tree, free_blocks);
	*blocks = (struct page_blocks){ 0 };
}
