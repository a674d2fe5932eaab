// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a region: an array from page offset to folio that holds a reference
 * on each folio. Faults look up, add and map pages while others remove them:
 *
 * - A folio is looked up without a lock, as in the page cache: it may be freed
 *   between the lookup and the reference, so the array is read again afterwards.
 * - A page is mapped with its folio locked, and after the array was read once more
 *   to see that the folio is still there. A folio that is removed is locked from
 *   before it leaves the array until after it was unmapped everywhere, as
 *   truncate_inode_pages() does it. Only then is the array's reference dropped.
 *   A frame number in a page table, without a reference, is safe by that too:
 *   munmap() flushes the TLB of such VMAs before it hides them from the one who
 *   unmaps [Linux 5.19, commit b67fbebd4cf9, and the stable kernels before].
 * - The array's own lock orders adding a page against a new end of the region:
 *   either the page is seen when those after the end are removed, or it isn't
 *   added.
 *
 * To mm the pages are those of a file whose file system has no backing store, as
 * tmpfs and ramfs, and are counted as such: see folio_enter(). They are charged to
 * a memory cgroup by __GFP_ACCOUNT, as memory of the kernel: a module can't charge
 * them as memory of a user. So a cgroup's memory.stat has them in "file" and
 * "shmem", and in "kernel" as well.
 *
 * Why not shmem? A driver whose memory is ordinary pages should use it, as DRM's
 * drm_gem_shmem_helper.c does. Faults, neighbours, huge pages, accounting, swap and
 * poisoned pages are mm's concern then. All of such a driver is:
 *
 *	file = shmem_file_setup("name", size, VM_NORESERVE);
 *
 * and in .mmap, as in backing.c:
 *
 *	vma_set_file(vma, file);
 *	return vfs_mmap(file, vma);
 *
 * An array of one's own is for memory that shmem does not have: that of a device,
 * that of a kind (contiguous, of a cache type, never swapped or moved), or that is
 * mapped by frame number. Most methods here show how such memory is mapped, and all
 * share one array, so that they differ in nothing else.
 *
 * Order of locks: mmap_lock or the VMA's, folio, page table; and region->lock,
 * folio, array or i_mmap_rwsem. More than one folio is locked in ascending order
 * under region->lock, or by trylock. With a folio locked only page tables are
 * allocated, and nobody waits for anything else.
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

/* Blocks are worth an attempt, but not that anybody waits long or is killed. */
#define BLOCK_GFP (PAGES_GFP | __GFP_NORETRY | __GFP_NOWARN)

/* Folios removed from a region at once. */
#define BATCH 32

/* ---- looking up ---- */

/* A reference on what was found, if it is still there. */
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
 * mmapdemo_pages_get - the page at an offset, if it was touched before
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: the page, with a reference, or NULL. It may be poisoned.
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
 * The kernel counts pages of its page cache as such by itself, others have to be
 * counted: of the node and of the memory cgroup, as "Cached" and "Shmem".
 */
static void folio_count(struct folio *folio, int pages)
{
	lruvec_stat_mod_folio(folio, NR_FILE_PAGES, pages);
	lruvec_stat_mod_folio(folio, NR_SHMEM, pages);
}

/*
 * What mm expects of a page that .fault returns locked [__do_fault(), if the page
 * is poisoned], and of one that is mapped: the address_space of the VMA's file
 * and the offset there. It is dirty, as those of tmpfs are: it has no copy that
 * it could be read from again, so nobody may drop it, and the address_space is not
 * asked to remove a page that it does not have. Nobody else knows the folio yet.
 */
static void folio_enter(struct folio *folio, struct region *region,
			pgoff_t pgoff)
{
	folio->mapping = region->mapping;
	folio->index = pgoff;
	folio_set_dirty(folio);
	folio_count(folio, folio_nr_pages(folio));
}

/* Locked, or nobody else knows it: others may still have a reference. */
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
 * mmapdemo_pages_add - put a folio into a region
 * @region: the region
 * @pgoff: its offset in pages, a multiple of its size
 * @folio: the folio, whose reference the region takes over. Nobody else knows it
 *
 * Return: 0, -EEXIST when there is one, -ENXIO at or past the end, -ENOMEM; the
 * reference is still the caller's then.
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
 * A new page, with a reference. Two may come first at once: the second one throws
 * its own folio away, and gets -EEXIST.
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

/* As pages_new(), of the order that is to be had. */
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
 * mmapdemo_pages_touch - the page at an offset, zeroed on first touch
 * @region: the region
 * @pgoff: offset in pages
 *
 * A block of the method's order is tried first, where nothing is in its place;
 * when there is none to be had a single page has to do.
 *
 * Return: the page, with a reference; -ENXIO at or past the end, -ENOMEM,
 * -EHWPOISON when its memory is broken.
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

/* Is it still there, and sound, now that it is locked? Else it is let go. */
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
 * mmapdemo_pages_lock - the page at an offset, so that it may be mapped
 * @region: the region
 * @pgoff: offset in pages
 *
 * May sleep, until the page is mapped elsewhere or removed.
 *
 * Return: the page, locked, with a reference, both of which
 * mmapdemo_pages_unlock() gives back; or as mmapdemo_pages_touch(), and -EINTR
 * when the task was killed.
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

/* Lock and reference of a sound page that is there, if both are to be had. */
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
 * mmapdemo_pages_trylock - the next pages that are there, without waiting
 * @region: the region, one that has no blocks
 * @first: in: where to look from; out: offset of the first page
 * @last: how far
 * @pages: out: pages that follow each other, each as from mmapdemo_pages_lock()
 * @room: how many at most
 *
 * What is locked by somebody else, or poisoned, is passed over.
 *
 * Return: how many; 0: there are none left.
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
 * mmapdemo_pages_sound - is no page of a range poisoned?
 * @page: the first one
 * @count: how many, in one piece
 */
bool mmapdemo_pages_sound(struct page *page, unsigned long count)
{
	while (count--)
		if (PageHWPoison(page++))
			return false;
	return true;
}

/*
 * The page allocator keeps a poisoned page to itself if it is freed alone. It
 * would give away that of a larger folio, which therefore is never freed.
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

/* ---- removing ---- */

/* Takes the next folios out of the array, locked; *first moves after them. */
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
		xa_erase(&region->pages, pgoff);
		taken[count++] = folio;
		pgoff += folio_nr_pages(folio);
	}
	*first = pgoff;
	return count;
}

/**
 * mmapdemo_pages_remove - free the pages of a range, wherever they are mapped
 * @region: the region; its lock is held, or nobody else knows it any longer
 * @first: offset of the first
 * @last: of the last, less than ULONG_MAX. A block is in the range or it is not
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
			folio_leave(taken[i]);
			folio_unlock(taken[i]);
			folio_drop(taken[i]);
		}
		from = first;
		cond_resched();
	}
}

/* ---- telling ---- */

/**
 * mmapdemo_pages_state - what is at an offset
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_*, with the frame; 0: nothing.
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
