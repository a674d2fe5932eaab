// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a region are in the page cache of the region's inode, like the
 * pages of a file. So mm counts and charges the pages, finds the VMAs that map
 * a page, and handles poisoned pages. There is no backing store: the pages are
 * unevictable and always dirty, like those of ramfs. mm/secretmem.c and
 * virt/kvm/guest_memfd.c keep their pages in the same way.
 *
 * Which memory a driver should use:
 *
 * - shmem, if the memory consists of ordinary pages that may be swapped out.
 *   For shmem, mm also handles faults, fault-around and huge pages. A driver
 *   that uses shmem creates a file:
 *
 *	file = shmem_file_setup("name", size, VM_NORESERVE);
 *
 *   In Linux 7.2 and newer, the type of the third argument is vma_flags_t. The
 *   .mmap of the driver passes the VMA to shmem:
 *
 *	vma_set_file(vma, file);
 *	return vfs_mmap(file, vma);
 *
 *   i915_gem_dmabuf.c is an example. For a cached buffer, etnaviv_gem.c and
 *   omap_gem.c set vm_file to the shmem file, so that the VMA is in the file's
 *   address_space, but keep their own .fault. drm_gem_shmem_helper.c allocates
 *   from shmem, but maps the memory itself.
 * - the page cache of a private inode, as here, if the memory consists of
 *   ordinary pages that must not move, or that the driver itself maps.
 * - a private array, for device memory that has no struct page, or whose struct
 *   page mm must not count. The driver of a private array itself has to unmap
 *   the memory, remove the memory from the array and free the memory, in this
 *   order, and has to prevent faults in the meantime. For a page cache, mm does
 *   all of this.
 *
 * A task that removes pages holds the invalidate lock of the address_space
 * exclusively. The removal first unmaps the pages of the range. Then the
 * removal locks each folio, unmaps the folio again if mm counts its mappings
 * [truncate_cleanup_folio()], and deletes the folio from the page cache. Faults
 * and removals exclude each other as follows:
 *
 * - If mm counts the mapping of a page, the fault needs only the folio lock, as
 *   in filemap_fault(): the fault locks the folio, checks that the folio is
 *   still in the page cache, and maps the page. A removal waits for the folio
 *   lock, and then unmaps the page. A page that .fault returns to mm stays
 *   locked until mm has mapped it.
 * - If a page is mapped by its frame number, mm does not count the mapping. A
 *   removal would not notice that the page has to be unmapped again. So the
 *   fault also holds the invalidate lock, shared, from the lookup until the
 *   page is mapped.
 * - Shrinking the region is a removal, too. A task that adds a page holds the
 *   invalidate lock, shared, while it checks the end and adds the page. So no
 *   page is left past the end.
 * - read() and write() take a reference on the page. Neither system call holds
 *   a lock while it copies, because the copy may fault.
 *
 * munmap() of a VM_PFNMAP VMA flushes the TLB while a removal can still find
 * the VMA [Linux 5.19, commit b67fbebd4cf9, and stable updates of earlier
 * kernels].
 *
 * mm must not move or split folios whose frames are mapped by number, because
 * try_to_unmap() would treat the page table entry of such a frame as a counted
 * mapping. .migrate_folio refuses to move a folio. A block has an additional
 * reference, its pin, which makes split_huge_page() fail before it unmaps
 * anything.
 *
 * Lock order in a fault: mmap_lock or the per-VMA lock, invalidate lock, folio
 * lock, page table lock. Lock order in a removal: region->lock, invalidate
 * lock, folio lock, i_mmap_rwsem, page table lock. A task that locks several
 * folios only tries each lock, and does not wait.
 *
 * If .fault maps the page, instead of returning it to mm, page tables are
 * allocated while the folio is locked. __do_fault() avoids this: "Preallocate
 * pte before we take folio lock because this might lead to deadlocks for memcg
 * reclaim which waits for folios under writeback". The quoted deadlock needs
 * writeback of the same file, which waits for the folio lock. But the pages of a
 * region have no writeback.
 */
#include "common.h"
#include "compat/folio.h"
#include "compat/pagecache.h"
#include "device/method.h"
#include "device/pages.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

/*
 * Allocate a block without long waits and without the OOM killer, because
 * single pages also work.
 */
#define BLOCK_GFP (__GFP_NORETRY | __GFP_NOWARN)

/* ---- lookup ---- */

/**
 * mmapdemo_pages_get - get the page at an offset, if it exists
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: the page, with a reference, or NULL. The page may be poisoned.
 */
struct page *mmapdemo_pages_get(struct region *region, pgoff_t pgoff)
{
	struct folio *folio = filemap_get_folio(region->mapping, pgoff);

	return IS_ERR(folio) ? NULL : folio_file_page(folio, pgoff);
}

/* ---- adding ---- */

/**
 * mmapdemo_pages_add - add a folio to a region
 * @region: the region; the invalidate lock is held, or the region is not in use yet
 * @pgoff: offset in pages, a multiple of the folio's size
 * @folio: the folio, which is filled with zeros, and which no other task can
 *	see yet
 * @gfp: flags for the charge to the memory cgroup, and for nodes of the page
 *	cache
 *
 * The folio is dirty from the start, so that mm never drops it as a clean copy.
 * The caller keeps its reference.
 *
 * Return: 0; -EEXIST if there is already a folio; -ENOMEM.
 */
int mmapdemo_pages_add(struct region *region, pgoff_t pgoff,
		       struct folio *folio, gfp_t gfp)
{
	int ret;

	folio_mark_uptodate(folio);
	folio_mark_dirty(folio);
	ret = filemap_add_folio(region->mapping, folio, pgoff, gfp);
	if (ret)
		return ret;
	if (folio_order(folio))
		folio_get(folio);	/* the pin of the block */
	folio_unlock(folio);
	return 0;
}

static struct page *page_new(struct region *region, pgoff_t pgoff,
			     unsigned int order, gfp_t gfp)
{
	struct folio *folio = folio_alloc(gfp | __GFP_ZERO, order);
	int ret;

	if (!folio)
		return ERR_PTR(-ENOMEM);
	ret = mmapdemo_pages_add(region, round_down(pgoff, 1UL << order), folio,
				 gfp);
	if (!ret)
		return folio_file_page(folio, pgoff);
	folio_put(folio);
	return ERR_PTR(ret);
}

/*
 * Add a block of the method's order, if the method uses blocks. Otherwise, or
 * if adding a block fails, add a single page.
 */
static struct page *page_new_any(struct region *region, pgoff_t pgoff)
{
	unsigned int order = region->method->order;
	gfp_t gfp = mapping_gfp_mask(region->mapping);
	struct page *page;

	if (pgoff >= region_end(region))
		return ERR_PTR(-ENXIO);
	if (PAGE_CACHE_BLOCKS && order) {
		page = page_new(region, pgoff, order, gfp | BLOCK_GFP);
		if (!IS_ERR(page))
			return page;
	}
	return page_new(region, pgoff, 0, gfp);
}

/* Add a page, or get the page that another task added first. */
static struct page *page_add(struct region *region, pgoff_t pgoff)
{
	struct page *page;

	lockdep_assert_held(mapping_invalidate_lock(region->mapping));
	do {
		page = page_new_any(region, pgoff);
		if (page == ERR_PTR(-EEXIST))
			page = mmapdemo_pages_get(region, pgoff);
	} while (!page);
	return page;
}

/**
 * mmapdemo_pages_touch - get the page at an offset, or add a zeroed page
 * @region: the region
 * @pgoff: offset in pages
 *
 * If there is no page, the function tries to add a block of the method's order.
 * If adding a block fails, or the page cache of this kernel can't hold blocks,
 * the function adds a single page.
 *
 * Return: the page, with a reference; -ENXIO if @pgoff is at or past the end of
 * the region; -ENOMEM; or -EHWPOISON if the page is poisoned.
 */
struct page *mmapdemo_pages_touch(struct region *region, pgoff_t pgoff)
{
	struct page *page = mmapdemo_pages_get(region, pgoff);

	if (!page) {
		filemap_invalidate_lock_shared(region->mapping);
		page = page_add(region, pgoff);
		filemap_invalidate_unlock_shared(region->mapping);
	}
	if (IS_ERR(page) || !PageHWPoison(page))
		return page;
	put_page(page);
	return ERR_PTR(-EHWPOISON);
}

/* ---- locking ---- */

/*
 * Lock a page. If the page is poisoned or can't be locked, drop the caller's
 * reference, and return an error.
 */
static int page_lock(struct page *page, bool nowait)
{
	struct folio *folio = page_folio(page);
	int ret;

	if (nowait)
		ret = folio_trylock(folio) ? 0 : -EAGAIN;
	else
		ret = folio_lock_killable(folio);
	if (!ret && PageHWPoison(page)) {
		folio_unlock(folio);
		ret = -EHWPOISON;
	}
	if (ret)
		folio_put(folio);
	return ret;
}

/*
 * Lock the page at an offset. Return NULL if there is no page, or if the page
 * was removed.
 */
static struct page *page_lock_existing(struct region *region, pgoff_t pgoff,
				       bool nowait)
{
	struct page *page = mmapdemo_pages_get(region, pgoff);
	int ret;

	if (!page)
		return NULL;
	ret = page_lock(page, nowait);
	if (ret)
		return ERR_PTR(ret);
	if (likely(page_folio(page)->mapping == region->mapping))
		return page;
	mmapdemo_pages_unlock(page);
	return NULL;
}

/* Add the page at an offset, and lock it. */
static struct page *page_lock_new(struct region *region, pgoff_t pgoff,
				  bool nowait)
{
	struct page *page = page_add(region, pgoff);
	int ret = PTR_ERR_OR_ZERO(page) ?: page_lock(page, nowait);

	return ret ? ERR_PTR(ret) : page;
}

static int invalidate_lock_shared(struct address_space *mapping, bool nowait)
{
	if (nowait)
		return filemap_invalidate_trylock_shared(mapping) ? 0 : -EAGAIN;
	filemap_invalidate_lock_shared(mapping);
	return 0;
}

/**
 * mmapdemo_pages_lock_frame - lock the page at an offset, to map the page by
 *	its frame number
 * @region: the region
 * @pgoff: offset in pages
 * @nowait: true to return an error instead of waiting for locks
 *
 * The function takes the invalidate lock, shared. Then the function gets or
 * adds the page, and locks the page.
 *
 * Return: the page, which the caller passes to mmapdemo_pages_unlock_frame();
 * an error of mmapdemo_pages_touch(); -EINTR if the task was killed; -EAGAIN if
 * @nowait is set and a lock is not free.
 */
struct page *mmapdemo_pages_lock_frame(struct region *region, pgoff_t pgoff,
				       bool nowait)
{
	struct page *page;
	int ret = invalidate_lock_shared(region->mapping, nowait);

	if (ret)
		return ERR_PTR(ret);
	page = page_lock_existing(region, pgoff, nowait) ?:
	       page_lock_new(region, pgoff, nowait);
	if (IS_ERR(page))
		filemap_invalidate_unlock_shared(region->mapping);
	return page;
}

/** mmapdemo_pages_unlock_frame - undo mmapdemo_pages_lock_frame() */
void mmapdemo_pages_unlock_frame(struct region *region, struct page *page)
{
	mmapdemo_pages_unlock(page);
	filemap_invalidate_unlock_shared(region->mapping);
}

/**
 * mmapdemo_pages_lock - lock the page at an offset, to map the page with a
 *	reference
 * @region: the region
 * @pgoff: offset in pages
 * @nowait: true to return an error instead of waiting for locks
 *
 * If there is no page, the function adds a page.
 *
 * Return: the page, which the caller passes to mmapdemo_pages_unlock(), or an
 * error of mmapdemo_pages_lock_frame().
 */
struct page *mmapdemo_pages_lock(struct region *region, pgoff_t pgoff,
				 bool nowait)
{
	struct page *page = page_lock_existing(region, pgoff, nowait);
	int ret;

	if (page)
		return page;
	ret = invalidate_lock_shared(region->mapping, nowait);
	if (ret)
		return ERR_PTR(ret);
	page = page_lock_new(region, pgoff, nowait);
	filemap_invalidate_unlock_shared(region->mapping);
	return page;
}

/**
 * mmapdemo_pages_trylock - lock the page at an offset, without waiting
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: the page, which the caller passes to mmapdemo_pages_unlock(); or NULL
 * if there is no page, or the page is poisoned or already locked.
 */
struct page *mmapdemo_pages_trylock(struct region *region, pgoff_t pgoff)
{
	struct page *page = page_lock_existing(region, pgoff, true);

	return IS_ERR(page) ? NULL : page;
}

/** mmapdemo_pages_unlock - unlock a page, and drop the reference on it */
void mmapdemo_pages_unlock(struct page *page)
{
	struct folio *folio = page_folio(page);

	folio_unlock(folio);
	folio_put(folio);
}

/* ---- removal ---- */

/**
 * mmapdemo_pages_set_end - change the size of a region
 * @region: the region; its lock is held
 * @size: bytes, a multiple of the method's block size
 *
 * The pages past the new end are unmapped everywhere and freed, together with
 * all private copies of these pages.
 */
void mmapdemo_pages_set_end(struct region *region, u64 size)
{
	lockdep_assert_held(&region->lock);
	filemap_invalidate_lock(region->mapping);
	WRITE_ONCE(region->size, size);
	truncate_pagecache(region->inode, size);
	filemap_invalidate_unlock(region->mapping);
}

/**
 * mmapdemo_pages_punch - unmap the pages of a range everywhere, and free them
 * @region: the region; its lock is held
 * @start: first byte, a multiple of the method's block size
 * @end: end of the range, exclusive, a multiple of the method's block size
 *
 * Private copies of the pages stay mapped.
 */
void mmapdemo_pages_punch(struct region *region, u64 start, u64 end)
{
	lockdep_assert_held(&region->lock);
	filemap_invalidate_lock(region->mapping);
	truncate_pagecache_range(region->inode, start, end - 1);
	filemap_invalidate_unlock(region->mapping);
}

/**
 * mmapdemo_pages_sound - check that no page of a range is poisoned
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

/* ---- operations of the page cache ---- */

/* Folios must not move, because frames may be mapped by number. */
static int pages_migrate(struct address_space *mapping, struct folio *to,
			 struct folio *from, enum migrate_mode mode)
{
	return -EBUSY;
}

/*
 * Keep a poisoned page in the page cache. If the page left the page cache, the next
 * touch would find zeros instead of an error.
 */
static int pages_error(struct address_space *mapping, struct folio *folio)
{
	return 0;
}

/*
 * Drop the pin of a block that has left the page cache. The page allocator does not
 * reuse a poisoned page that is freed as a single page, but would reuse a poisoned
 * page that is freed as a part of a block. So a block with a poisoned page keeps
 * the pin, and is never freed.
 */
static void pages_free(struct folio *folio)
{
	unsigned long count = folio_nr_pages(folio);

	if (!folio_order(folio))
		return;
	if (mmapdemo_pages_sound(folio_page(folio, 0), count))
		folio_put(folio);
	else
		pr_warn("%lu pages will never be freed, because one of them is poisoned\n", count);
}

ADDRESS_SPACE_HOOKS(pages_migrate, pages_error, pages_free)

const struct address_space_operations mmapdemo_pages_aops = {
	ADDRESS_SPACE_HOOK(pages_migrate, pages_error, pages_free)
};

/* ---- state ---- */

/**
 * mmapdemo_pages_state - get the state of the page at an offset
 * @region: the region
 * @pgoff: offset in pages
 *
 * Return: MMAPDEMO_PAGE_* bits with the page frame, or 0 if there is no page.
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
