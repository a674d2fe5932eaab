// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a region: an array from page offset to folio that holds a reference
 * on each folio. Faults look up, add and map pages while other tasks remove them:
 *
 * - A folio is looked up without a lock, as in the page cache. The folio may be
 *   freed between the lookup and taking the reference, so the array is read again
 *   afterwards.
 * - A page is mapped with its folio locked, after another read of the array has
 *   shown that the folio is still there. To remove a folio, the folio is locked,
 *   unmapped everywhere, taken out of the array and unlocked, as
 *   truncate_inode_pages() does. Only then is the array's reference dropped. This
 *   also protects page frames that are mapped by number, without a reference:
 *   munmap() flushes the TLB for such VMAs before it hides the VMAs from the task
 *   that unmaps [Linux 5.19, commit b67fbebd4cf9, and stable updates of earlier
 *   kernels].
 * - The array's own lock orders adding a page against moving the end of the region:
 *   either the page is there when the pages past the end are removed, or the page
 *   is not added.
 *
 * To mm these are the pages of a file whose file system has no backing store, like
 * tmpfs and ramfs, and they are counted as such: see folio_enter(). __GFP_ACCOUNT
 * charges the pages to a memory cgroup as kernel memory, because a module can't
 * charge them as user memory. So a cgroup's memory.stat counts them in "file" and
 * "shmem", and also in "kernel".
 *
 * A driver whose memory is ordinary pages should use shmem instead, as DRM's
 * drm_gem_shmem_helper.c does. Then mm handles faults, fault-around, huge pages,
 * accounting, swap and poisoned pages. Such a driver consists of:
 *
 *	file = shmem_file_setup("name", size, VM_NORESERVE);
 *
 * and in .mmap, as in backing.c:
 *
 *	vma_set_file(vma, file);
 *	return vfs_mmap(file, vma);
 *
 * A driver needs an array of its own for memory that shmem does not have: device
 * memory, memory with special properties (contiguous, of a certain memory type,
 * never swapped or moved), or memory that is mapped by frame number. Most methods
 * here show how to map such memory. All methods share one array, so that they
 * differ in nothing else.
 *
 * Lock order: mmap_lock or the per-VMA lock, folio, page table; and region->lock,
 * folio, array or i_mmap_rwsem. Several folios are locked in ascending order under
 * region->lock, or with trylock. While a folio is locked, only page tables are
 * allocated, and nothing else is waited for.
 */
#include "common.h"
#include "compat/folio.h"
#include "compat/pagecache.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/xarray.h>

/* Try to allocate a block, but without long waits and without the OOM killer. */
#define BLOCK_GFP (PAGES_GFP | __GFP_NORETRY | __GFP_NOWARN)

/* Number of folios that are removed from a region in one batch. */
#define BATCH 32

/* ---- lookup ---- */

/* Take a reference on a folio that was found. Return false if it was removed. */
static bool folio_hold(struct xa_state *xas, struct folio *folio)
{
	if (!folio_try_get(folio))
		return false;
	if (xas_reload(xas) == folio)
		return true;
	folio_put(folio);
	return false;
}

/**
 * mmapdemo_pages_get - get the page at an offset, if the page was touched before
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: the page, with a reference, or NULL. The page may be poisoned.
 */
struct page *mmapdemo_pages_get(struct region *region, pgoff_t pgoff)
{
	XA_STATE(xas, &region->pages, pgoff);
	struct folio *folio;

	rcu_read_lock();
	do {
		xas_reset(&xas);
		folio = xas_load(&xas);
	} while (xas_retry(&xas, folio) || (folio && !folio_hold(&xas, folio)));
	rcu_read_unlock();
	return folio ? folio_file_page(folio, pgoff) : NULL;
}

/* ---- adding ---- */

/*
 * Count pages as "Cached" and "Shmem", for the node and for the memory cgroup. The
 * kernel does so by itself only for pages of its page cache.
 */
static void folio_count(struct folio *folio, int pages)
{
	lruvec_stat_mod_folio(folio, NR_FILE_PAGES, pages);
	lruvec_stat_mod_folio(folio, NR_SHMEM, pages);
}

/*
 * Set what mm expects of a mapped page, and of a page that .fault returns locked
 * [__do_fault(), if the page is poisoned]: the address_space of the VMA's file, and
 * the offset there. The folio is dirty, as in tmpfs: there is no copy to read the
 * folio from again, so it must not be dropped, and mm does not ask the
 * address_space to remove a page that the address_space does not have. No other
 * task can see the folio yet.
 */
static void folio_enter(struct folio *folio, struct region *region,
			pgoff_t pgoff)
{
	folio->mapping = region->mapping;
	folio->index = pgoff;
	folio_set_dirty(folio);
	folio_count(folio, folio_nr_pages(folio));
}

/*
 * Undo folio_enter(). The folio is locked, or no other task can see it. There may
 * still be other references.
 */
static void folio_leave(struct folio *folio)
{
	folio->mapping = NULL;
	folio_count(folio, -folio_nr_pages(folio));
}

static int folio_store(struct region *region, struct xa_state *xas,
		       struct folio *folio)
{
	if (xas->xa_index >= region_end(region))
		return -ENXIO;
	if (xas_find_conflict(xas))
		return -EEXIST;
	xas_store(xas, folio);
	return xas_error(xas);
}

/**
 * mmapdemo_pages_add - add a folio to a region
 * @region: the region
 * @pgoff: offset in pages, a multiple of the folio's size
 * @folio: the folio, which no other task can see yet; the region takes over the
 *	reference
 *
 * Return: 0; -EEXIST if there is a folio already; -ENXIO at or past the end;
 * -ENOMEM. The caller keeps the reference on errors.
 */
int mmapdemo_pages_add(struct region *region, pgoff_t pgoff,
		       struct folio *folio)
{
	XA_STATE_ORDER(xas, &region->pages, pgoff, folio_order(folio));
	int ret;

	folio_enter(folio, region, pgoff);
	do {
		xas_lock(&xas);
		ret = folio_store(region, &xas, folio);
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL_ACCOUNT));
	if (ret)
		folio_leave(folio);
	else
		mmapdemo_region_add(region, REGION_RESIDENT,
				    folio_nr_pages(folio));
	return ret;
}

/*
 * Add a new folio and return its page at @pgoff, with a reference. If two tasks do
 * so at the same time, the second frees its own folio and returns -EEXIST.
 */
static struct page *pages_new(struct region *region, pgoff_t pgoff,
			      unsigned int order, gfp_t gfp)
{
	struct folio *folio;
	int ret;

	if (pgoff >= region_end(region))
		return ERR_PTR(-ENXIO);
	folio = folio_alloc(gfp, order);
	if (!folio)
		return ERR_PTR(-ENOMEM);
	folio_get(folio);
	ret = mmapdemo_pages_add(region, round_down(pgoff, 1UL << order),
				 folio);
	if (!ret)
		return folio_file_page(folio, pgoff);
	folio_put(folio);
	folio_put(folio);
	return ERR_PTR(ret);
}

/* As pages_new(): try the method's order first, then a single page. */
static struct page *pages_new_any(struct region *region, pgoff_t pgoff)
{
	unsigned int order = region->method->order;
	struct page *page;

	if (order) {
		page = pages_new(region, pgoff, order, BLOCK_GFP);
		if (page != ERR_PTR(-ENOMEM) && page != ERR_PTR(-EEXIST))
			return page;
	}
	return pages_new(region, pgoff, 0, PAGES_GFP);
}

/**
 * mmapdemo_pages_touch - get the page at an offset, zeroed on first touch
 * @region: the region
 * @pgoff: offset in pages
 *
 * If the place of a whole block is empty, a block of the method's order is tried
 * first. If no block can be allocated, a single page is used.
 *
 * Return: the page, with a reference; -ENXIO at or past the end; -ENOMEM;
 * -EHWPOISON if the page is poisoned.
 */
struct page *mmapdemo_pages_touch(struct region *region, pgoff_t pgoff)
{
	struct page *page;

	while (!(page = mmapdemo_pages_get(region, pgoff))) {
		page = pages_new_any(region, pgoff);
		if (page != ERR_PTR(-EEXIST))
			return page;
	}
	if (!PageHWPoison(page))
		return page;
	put_page(page);
	return ERR_PTR(-EHWPOISON);
}

/* ---- locking ---- */

/*
 * Check that a locked page is still in the region and not poisoned. Otherwise unlock
 * the page and drop the reference.
 */
static int page_check(struct region *region, pgoff_t pgoff, struct page *page)
{
	int ret = 0;

	if (xa_load(&region->pages, pgoff) != page_folio(page))
		ret = -EAGAIN;
	else if (PageHWPoison(page))
		ret = -EHWPOISON;
	if (ret)
		mmapdemo_pages_unlock(page);
	return ret;
}

/**
 * mmapdemo_pages_lock - get and lock the page at an offset, so as to map the page
 * @region: the region
 * @pgoff: offset in pages
 *
 * May sleep until the page has been mapped or removed by another task.
 *
 * Return: the page, locked and with a reference, both of which
 * mmapdemo_pages_unlock() releases; or an error of mmapdemo_pages_touch(); or
 * -EINTR if the task was killed.
 */
struct page *mmapdemo_pages_lock(struct region *region, pgoff_t pgoff)
{
	struct page *page;
	int ret;

	do {
		page = mmapdemo_pages_touch(region, pgoff);
		if (IS_ERR(page))
			return page;
		if (page_lock_killable(page)) {
			put_page(page);
			return ERR_PTR(-EINTR);
		}
		ret = page_check(region, pgoff, page);
	} while (ret == -EAGAIN);
	return ret ? ERR_PTR(ret) : page;
}

/*
 * Reference and lock a folio that was found, without waiting. Return false if this
 * fails, or the folio was removed or is poisoned.
 */
static bool folio_get_locked(struct xa_state *xas, struct folio *folio)
{
	if (!folio_try_get(folio))
		return false;
	if (folio_trylock(folio)) {
		if (xas_reload(xas) == folio && !PageHWPoison(&folio->page))
			return true;
		folio_unlock(folio);
	}
	folio_put(folio);
	return false;
}

/**
 * mmapdemo_pages_trylock - get and lock the next consecutive pages, without waiting
 * @region: the region, which has no blocks
 * @first: in: offset where the search starts; out: offset of the first page found
 * @last: offset where the search ends, inclusive
 * @pages: out: consecutive pages, each as from mmapdemo_pages_lock()
 * @room: maximum number of pages
 *
 * Pages that are poisoned, or locked by other tasks, are skipped.
 *
 * Return: the number of pages; 0 if none are left.
 */
unsigned long mmapdemo_pages_trylock(struct region *region, pgoff_t *first,
				     pgoff_t last, struct page **pages,
				     unsigned long room)
{
	XA_STATE(xas, &region->pages, *first);
	unsigned long count = 0;
	struct folio *folio;

	rcu_read_lock();
	xas_for_each(&xas, folio, last) {
		if (xas_retry(&xas, folio))
			continue;
		if (count && xas.xa_index != *first + count)
			break;
		if (!folio_get_locked(&xas, folio))
			continue;
		if (!count)
			*first = xas.xa_index;
		pages[count++] = folio_page(folio, 0);
		if (count == room)
			break;
	}
	rcu_read_unlock();
	return count;
}

/** mmapdemo_pages_unlock - unlock a page, and drop a reference on it */
void mmapdemo_pages_unlock(struct page *page)
{
	struct folio *folio = page_folio(page);

	folio_unlock(folio);
	folio_put(folio);
}

/* ---- poison ---- */

/**
 * mmapdemo_pages_sound - return true if no page of a range is poisoned
 * @page: first page
 * @count: number of contiguous pages
 */
bool mmapdemo_pages_sound(struct page *page, unsigned long count)
{
	while (count--)
		if (PageHWPoison(page++))
			return false;
	return true;
}

/*
 * Drop the array's reference. The page allocator does not reuse a poisoned page
 * that is freed alone, but would reuse one in a larger folio. So such a folio is
 * never freed.
 */
static void folio_drop(struct folio *folio)
{
	if (folio_order(folio) &&
	    !mmapdemo_pages_sound(folio_page(folio, 0), folio_nr_pages(folio)))
		pr_warn("keeping %lu pages, one of which is poisoned\n",
			(unsigned long)folio_nr_pages(folio));
	else
		folio_put(folio);
}

/* ---- removal ---- */

/* Find and lock the next folios. Move *first past them. */
static int pages_take(struct region *region, pgoff_t *first, pgoff_t last,
		      struct folio **taken)
{
	unsigned long pgoff = *first;
	struct folio *folio;
	int count = 0;

	while (count < BATCH && pgoff <= last) {
		folio = xa_find(&region->pages, &pgoff, last, XA_PRESENT);
		if (!folio) {
			pgoff = last + 1;
			break;
		}
		folio_lock(folio);
		taken[count++] = folio;
		pgoff += folio_nr_pages(folio);
	}
	*first = pgoff;
	return count;
}

/**
 * mmapdemo_pages_remove - unmap the pages of a range everywhere, and free them
 * @region: the region; its lock is held, or the region is no longer in use
 * @first: offset of the first page
 * @last: offset of the last page, less than ULONG_MAX. A block must be entirely
 *	inside or outside of the range
 *
 * Private copies stay.
 */
void mmapdemo_pages_remove(struct region *region, pgoff_t first, pgoff_t last)
{
	struct folio *taken[BATCH];
	pgoff_t from = first;
	int count, i;

	while ((count = pages_take(region, &first, last, taken))) {
		unmap_mapping_range(region->mapping, (loff_t)from << PAGE_SHIFT,
				    (loff_t)(first - from) << PAGE_SHIFT,
				    /* even_cows = */ 0);
		for (i = 0; i < count; i++) {
			mmapdemo_region_add(region, REGION_RESIDENT,
					    -folio_nr_pages(taken[i]));
			xa_erase(&region->pages, taken[i]->index);
			folio_leave(taken[i]);
			folio_unlock(taken[i]);
			folio_drop(taken[i]);
		}
		from = first;
		cond_resched();
	}
}

/* ---- state ---- */

/**
 * mmapdemo_pages_state - get the state of the page at an offset
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_* with the page frame; 0 if there is no page.
 */
u64 mmapdemo_pages_state(struct region *region, pgoff_t pgoff)
{
	struct page *page = mmapdemo_pages_get(region, pgoff);
	u64 state;

	if (!page)
		return 0;
	state = MMAPDEMO_PAGE_RESIDENT | page_to_pfn(page);
	if (folio_order(page_folio(page)))
		state |= MMAPDEMO_PAGE_HUGE;
	put_page(page);
	return state;
}
