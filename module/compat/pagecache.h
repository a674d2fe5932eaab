/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's page cache and address_space_operations on older kernels. */
#ifndef _MMAPDEMO_COMPAT_PAGECACHE_H
#define _MMAPDEMO_COMPAT_PAGECACHE_H

#include "compat/features.h"

#include <linux/fs.h>
#include <linux/kconfig.h>
#include <linux/lockdep.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/version.h>

/*
 * True if the page cache of this kernel can hold the blocks of 2 MiB of a
 * region. Such blocks require CONFIG_TRANSPARENT_HUGEPAGE, support for large
 * folios in any file (since Linux 5.17, commit 6795801366da ("xfs: Support
 * large folios")), and .free_folio, which is called when a block leaves the
 * page cache (since Linux 5.19, commit d2329aa0c78f ("fs: Add free_folio
 * address space operation")).
 */
#define PAGE_CACHE_BLOCKS						\
	(IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) &&			\
	 LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0))

/*
 * mapping_set_large_folios() exists since Linux 5.16 ("fs: Rename
 * AS_THP_SUPPORT and mapping_thp_support"). Without blocks, the function is not
 * needed.
 */
#if !PAGE_CACHE_BLOCKS
#define mapping_set_large_folios(mapping) ((void)(mapping))
#endif

/*
 * Since Linux 5.15, commit 730633f0b7f9 ("mm: Protect operations adding pages
 * to page cache with invalidate_lock"), invalidate_lock prevents tasks from
 * adding pages to the page cache while another task removes pages. On older
 * kernels, the module uses the inode's i_rwsem instead. File systems take
 * i_rwsem in system calls, but no system call takes the i_rwsem of a region's
 * inode.
 */
#ifndef HAS_FILEMAP_INVALIDATE_LOCK

#define mapping_invalidate_lock(mapping) (&(mapping)->host->i_rwsem)

static inline void filemap_invalidate_lock(struct address_space *mapping)
{
	down_write(mapping_invalidate_lock(mapping));
}

static inline void filemap_invalidate_unlock(struct address_space *mapping)
{
	up_write(mapping_invalidate_lock(mapping));
}

static inline void filemap_invalidate_lock_shared(struct address_space *mapping)
{
	down_read(mapping_invalidate_lock(mapping));
}

static inline int
filemap_invalidate_trylock_shared(struct address_space *mapping)
{
	return down_read_trylock(mapping_invalidate_lock(mapping));
}

static inline void
filemap_invalidate_unlock_shared(struct address_space *mapping)
{
	up_read(mapping_invalidate_lock(mapping));
}

#else
#define mapping_invalidate_lock(mapping) (&(mapping)->invalidate_lock)
#endif

/*
 * ADDRESS_SPACE_HOOK(migrate, error, free) initializes four members of struct
 * address_space_operations: .migrate_folio, .error_remove_folio and .free_folio
 * with the arguments, and .dirty_folio with a function that only sets the dirty
 * flag. ADDRESS_SPACE_HOOKS() defines the functions that ADDRESS_SPACE_HOOK()
 * needs on older kernels.
 */
#define ADDRESS_SPACE_HOOKS(migrate, error, free)			\
	MIGRATE_HOOKS(migrate)						\
	ERROR_HOOKS(error)						\
	FREE_HOOKS(free)

#define ADDRESS_SPACE_HOOK(migrate, error, free)			\
	DIRTY_HOOK							\
	MIGRATE_HOOK(migrate)						\
	ERROR_HOOK(error)						\
	FREE_HOOK(free)

/*
 * .dirty_folio exists since Linux 5.18, commit 6f31a5a261db ("fs: Add
 * aops->dirty_folio").
 */
#ifndef HAS_DIRTY_FOLIO
/* A copy of __set_page_dirty_no_writeback(), which is not exported. */
static inline int pagecache_set_page_dirty(struct page *page)
{
	return !TestSetPageDirty(page);
}

#define DIRTY_HOOK	.set_page_dirty = pagecache_set_page_dirty,
#else
#define DIRTY_HOOK	.dirty_folio = noop_dirty_folio,
#endif

/*
 * .migrate_folio exists since Linux 6.0, commit 5490da4f06d1 ("fs: Add
 * aops->migrate_folio").
 */
#ifndef HAS_MIGRATE_FOLIO
#define MIGRATE_HOOKS(hook)						\
static int hook##_page(struct address_space *mapping, struct page *to,	\
		       struct page *from, enum migrate_mode mode)	\
{									\
	return hook(mapping, page_folio(to), page_folio(from), mode);	\
}
#define MIGRATE_HOOK(hook)	.migratepage = hook##_page,
#else
#define MIGRATE_HOOKS(hook)
#define MIGRATE_HOOK(hook)	.migrate_folio = hook,
#endif

/*
 * .error_remove_folio exists since Linux 6.8 ("fs: convert error_remove_page to
 * error_remove_folio").
 */
#ifndef HAS_ERROR_REMOVE_FOLIO
#define ERROR_HOOKS(hook)						\
static int hook##_page(struct address_space *mapping, struct page *page) \
{									\
	return hook(mapping, page_folio(page));				\
}
#define ERROR_HOOK(hook)	.error_remove_page = hook##_page,
#else
#define ERROR_HOOKS(hook)
#define ERROR_HOOK(hook)	.error_remove_folio = hook,
#endif

/*
 * .free_folio exists since Linux 5.19, commit d2329aa0c78f ("fs: Add free_folio
 * address space operation").
 */
#ifndef HAS_FREE_FOLIO
#define FREE_HOOKS(hook)						\
static void hook##_page(struct page *page)				\
{									\
	hook(page_folio(page));						\
}
#define FREE_HOOK(hook)		.freepage = hook##_page,
#else
#define FREE_HOOKS(hook)
#define FREE_HOOK(hook)		.free_folio = hook,
#endif

#endif /* _MMAPDEMO_COMPAT_PAGECACHE_H */
