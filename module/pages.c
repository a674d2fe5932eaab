// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a region, in an array from offset to page that holds a reference
 * on each. Faults look up, add and map pages while others take them out:
 *
 * - A page is looked up without a lock, as the page cache does it: it may be
 *   freed between being found and getting a reference, so the array is asked
 *   again with the reference in hand.
 * - A page is mapped with its lock held, and after the array was asked once more
 *   whether it is still there. Who takes a page out of the array locks it for
 *   that, and unmaps its range afterwards, so finds what was mapped before;
 *   nothing can be mapped since. Only then is the array's reference dropped.
 *   A frame number in a page table, without a reference, is safe by that too:
 *   munmap() flushes the TLB of such VMAs before it hides them from who unmaps
 *   [Linux 5.19, commit b67fbebd4cf9, and the stable kernels before].
 * - The array's own lock orders adding a page against a new end of the region:
 *   either the page is seen by who removes those behind it, or it isn't added.
 *
 * Order of locks: mmap_lock or the VMA's, page, page table; and region->lock,
 * page, array. With a page locked only page tables are allocated, and nobody waits
 * for anything else, but for a file behind the region to be read.
 */
#include "common.h"
#include "compat/pagecache.h"
#include "compat/unmap.h"
#include "method.h"
#include "mmapdemo.h"
#include "pages.h"
#include "region.h"

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/xarray.h>

/* Blocks are worth an attempt, but not that anybody waits long or is killed. */
#define BLOCK_GFP (PAGES_GFP | __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN)

/* Pages taken out of a region at once. */
#define BATCH 32

/* ---- looking up ---- */

/* A block is in the array as one entry, its first page. */
static struct page *pages_part(struct page *head, pgoff_t pgoff)
{
	return head + (pgoff & ((1UL << compound_order(head)) - 1));
}

/* A reference on what was found, if it is still there. */
static bool pages_hold(struct xa_state *xas, struct page *head)
{
	if (!get_page_unless_zero(head))
		return false;
	if (xas_reload(xas) == head)
		return true;
	put_page(head);
	return false;
}

/**
 * mmapdemo_pages_get - the page at an offset, if it was touched before
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: the page, with a reference, or NULL.
 */
struct page *mmapdemo_pages_get(struct region *region, pgoff_t pgoff)
{
	XA_STATE(xas, &region->pages, pgoff);
	struct page *head;

	rcu_read_lock();
	do {
		xas_reset(&xas);
		head = xas_load(&xas);
	} while (xas_retry(&xas, head) || (head && !pages_hold(&xas, head)));
	rcu_read_unlock();
	return head ? pages_part(head, pgoff) : NULL;
}

/* ---- adding ---- */

static int pages_add_locked(struct region *region, struct xa_state *xas,
			    struct page *page)
{
	if (xas->xa_index >= region_end(region))
		return -ENXIO;
	if (xas_find_conflict(xas))
		return -EEXIST;
	xas_store(xas, page);
	return xas_error(xas);
}

/**
 * mmapdemo_pages_add - put a page into a region
 * @region: the region
 * @pgoff: its offset in pages, a multiple of its size
 * @page: the page, whose reference the region takes over
 * @order: of its size
 *
 * Return: 0, -EEXIST when there is one, -ENXIO at or past the end, -ENOMEM; the
 * reference is still the caller's then.
 */
int mmapdemo_pages_add(struct region *region, pgoff_t pgoff, struct page *page,
		       unsigned int order)
{
	XA_STATE_ORDER(xas, &region->pages, pgoff, order);
	int ret;

	do {
		xas_lock(&xas);
		ret = pages_add_locked(region, &xas, page);
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL_ACCOUNT));
	if (!ret)
		mmapdemo_region_add(region, REGION_RESIDENT, 1L << order);
	return ret;
}

/* Two may come first at once: the second one throws its own page away. */
static int pages_new(struct region *region, pgoff_t pgoff, unsigned int order,
		     gfp_t gfp)
{
	struct page *page;
	int ret;

	if (pgoff >= region_end(region))
		return -ENXIO;
	page = alloc_pages(gfp, order);
	if (!page)
		return -ENOMEM;
	ret = mmapdemo_pages_add(region, round_down(pgoff, 1UL << order), page,
				 order);
	if (ret)
		put_page(page);
	return ret;
}

/**
 * mmapdemo_pages_touch - the page at an offset, zeroed on first touch
 * @region: the region
 * @pgoff: offset in pages
 *
 * A block of the method's order is tried first, where nothing is in its place;
 * when there is none to be had a single page has to do.
 *
 * Return: the page, with a reference; -ENXIO at or past the end, -ENOMEM.
 */
struct page *mmapdemo_pages_touch(struct region *region, pgoff_t pgoff)
{
	unsigned int order = region->method->order;
	struct page *page;
	int ret;

	while (!(page = mmapdemo_pages_get(region, pgoff))) {
		ret = order ? pages_new(region, pgoff, order, BLOCK_GFP) :
			      -ENOMEM;
		if (ret == -ENOMEM || ret == -EEXIST)
			ret = pages_new(region, pgoff, 0, PAGES_GFP);
		if (ret && ret != -EEXIST)
			return ERR_PTR(ret);
	}
	return page;
}

/* ---- locking ---- */

/* Is it still there, now that it is locked and stays? Else it is let go. */
static bool pages_still(struct region *region, pgoff_t pgoff, struct page *page)
{
	struct page *head = xa_load(&region->pages, pgoff);

	if (head && head == compound_head(page))
		return true;
	mmapdemo_pages_unlock(page);
	return false;
}

/**
 * mmapdemo_pages_wait - lock a page
 * @page: the page, of which the caller has a reference
 *
 * May sleep: as long as a file is read, if one is behind the region.
 *
 * Return: 0, or -EINTR when the task was killed.
 */
int mmapdemo_pages_wait(struct page *page)
{
	return trylock_page(page) ? 0 : page_lock_killable(page);
}

/**
 * mmapdemo_pages_lock - the page at an offset, so that it may be mapped
 * @region: the region
 * @pgoff: offset in pages
 *
 * May sleep: see mmapdemo_pages_wait().
 *
 * Return: the page, locked, with a reference, both of which
 * mmapdemo_pages_unlock() gives back; or as mmapdemo_pages_touch(), and -EINTR
 * when the task was killed.
 */
struct page *mmapdemo_pages_lock(struct region *region, pgoff_t pgoff)
{
	struct page *page;

	do {
		page = mmapdemo_pages_touch(region, pgoff);
		if (IS_ERR(page))
			return page;
		if (mmapdemo_pages_wait(page)) {
			put_page(page);
			return ERR_PTR(-EINTR);
		}
	} while (!pages_still(region, pgoff, page));
	return page;
}

/* The lock of a page that is there, and a reference, if both are to be had. */
static bool pages_trylock(struct xa_state *xas, struct page *page)
{
	if (!get_page_unless_zero(page))
		return false;
	if (trylock_page(page)) {
		if (xas_reload(xas) == page)
			return true;
		unlock_page(page);
	}
	put_page(page);
	return false;
}

/**
 * mmapdemo_pages_trylock - the next pages that are there, without waiting
 * @region: the region, one that has no blocks
 * @first: in: where to look from; out: offset of the first page
 * @last: how far
 * @pages: out: pages that follow each other, each as from mmapdemo_pages_lock()
 * @room: how many at most
 *
 * What is locked by somebody else is passed over.
 *
 * Return: how many; 0: there are none any more.
 */
unsigned long mmapdemo_pages_trylock(struct region *region, pgoff_t *first,
				     pgoff_t last, struct page **pages,
				     unsigned long room)
{
	XA_STATE(xas, &region->pages, *first);
	unsigned long count = 0;
	struct page *page;

	rcu_read_lock();
	xas_for_each(&xas, page, last) {
		if (xas_retry(&xas, page))
			continue;
		if (count && xas.xa_index != *first + count)
			break;
		if (!pages_trylock(&xas, page))
			continue;
		if (!count)
			*first = xas.xa_index;
		pages[count++] = page;
		if (count == room)
			break;
	}
	rcu_read_unlock();
	return count;
}

/** mmapdemo_pages_unlock - unlock a page, and drop a reference on it */
void mmapdemo_pages_unlock(struct page *page)
{
	unlock_page(page);
	put_page(page);
}

/* ---- removing ---- */

/* Takes the next pages out of the array; *first moves behind them. */
static int pages_take(struct region *region, pgoff_t *first, pgoff_t last,
		      struct page **taken)
{
	unsigned long pgoff = *first;
	struct page *page;
	int count = 0;

	while (count < BATCH && pgoff <= last) {
		page = xa_find(&region->pages, &pgoff, last, XA_PRESENT);
		if (!page) {
			pgoff = last + 1;
			break;
		}
		lock_page(page);
		xa_erase(&region->pages, pgoff);
		page_unmap_begin(page, region->mapping);
		unlock_page(page);
		taken[count++] = page;
		pgoff += 1UL << compound_order(page);
	}
	*first = pgoff;
	return count;
}

/**
 * mmapdemo_pages_remove - free the pages of a range, wherever they are mapped
 * @region: the region; its lock is held, or nobody else knows it any more
 * @first: offset of the first
 * @last: of the last, less than ULONG_MAX. A block is in the range or it is not
 *
 * Private copies stay.
 */
void mmapdemo_pages_remove(struct region *region, pgoff_t first, pgoff_t last)
{
	struct page *taken[BATCH];
	pgoff_t from = first;
	int count, i;

	while ((count = pages_take(region, &first, last, taken))) {
		unmap_mapping_range(region->mapping, (loff_t)from << PAGE_SHIFT,
				    (loff_t)(first - from) << PAGE_SHIFT,
				    /* even_cows = */ 0);
		for (i = 0; i < count; i++) {
			mmapdemo_region_add(region, REGION_RESIDENT,
					    -(1L << compound_order(taken[i])));
			page_unmap_end(taken[i]);
			put_page(taken[i]);
		}
		from = first;
		cond_resched();
	}
}

/* ---- telling ---- */

/**
 * mmapdemo_pages_tell - what is at an offset
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_*, with the frame; 0: nothing.
 */
u64 mmapdemo_pages_tell(struct region *region, pgoff_t pgoff)
{
	struct page *page = mmapdemo_pages_get(region, pgoff);
	u64 told;

	if (!page)
		return 0;
	told = MMAPDEMO_PAGE_RESIDENT | page_to_pfn(page);
	if (compound_order(compound_head(page)))
		told |= MMAPDEMO_PAGE_HUGE;
	put_page(page);
	return told;
}
