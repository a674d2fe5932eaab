/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's folio API on older kernels. */
#ifndef _MMAPDEMO_COMPAT_FOLIO_H
#define _MMAPDEMO_COMPAT_FOLIO_H

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/stddef.h>
#include <linux/version.h>

/*
 * Linux 5.16, commit 7b230db3b8d3 ("mm: Introduce struct folio") added folios: a
 * folio is a page that is not a tail page. For older kernels, define the folio
 * functions that the module uses.
 */
#ifndef page_folio

struct folio {
	union {
		struct {
			unsigned long flags;
			struct list_head lru;
			struct address_space *mapping;
		};
		struct page page;
	};
};
static_assert(offsetof(struct folio, mapping) ==
	      offsetof(struct page, mapping));

static inline struct folio *page_folio(struct page *page)
{
	return (struct folio *)compound_head(page);
}

static inline struct page *folio_page(struct folio *folio, size_t nr)
{
	return nth_page(&folio->page, nr);
}

static inline unsigned int folio_order(struct folio *folio)
{
	return compound_order(&folio->page);
}

static inline long folio_nr_pages(struct folio *folio)
{
	return compound_nr(&folio->page);
}

static inline struct page *folio_file_page(struct folio *folio, pgoff_t index)
{
	return folio_page(folio, index & (folio_nr_pages(folio) - 1));
}

static inline struct folio *folio_alloc(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp | __GFP_COMP, order);

	return (struct folio *)page;
}

static inline void folio_get(struct folio *folio)
{
	get_page(&folio->page);
}

static inline void folio_put(struct folio *folio)
{
	put_page(&folio->page);
}

static inline int folio_lock_killable(struct folio *folio)
{
	return lock_page_killable(&folio->page);
}

static inline bool folio_trylock(struct folio *folio)
{
	return trylock_page(&folio->page);
}

static inline void folio_unlock(struct folio *folio)
{
	unlock_page(&folio->page);
}

static inline void folio_mark_uptodate(struct folio *folio)
{
	SetPageUptodate(&folio->page);
}

static inline bool folio_mark_dirty(struct folio *folio)
{
	return set_page_dirty(&folio->page);
}

static inline void flush_dcache_folio(struct folio *folio)
{
	flush_dcache_page(&folio->page);
}

static inline int filemap_add_folio(struct address_space *mapping,
				    struct folio *folio, pgoff_t index,
				    gfp_t gfp)
{
	return add_to_page_cache_lru(&folio->page, mapping, index, gfp);
}

static inline struct folio *filemap_get_folio(struct address_space *mapping,
					      pgoff_t index)
{
	return (struct folio *)find_get_page(mapping, index);
}

#endif

/*
 * Since Linux 6.4, commit 66dabbb65d67 ("mm: return an ERR_PTR from
 * __filemap_get_folio"), __filemap_get_folio() returns ERR_PTR(-ENOENT) for a
 * missing folio. Before this commit, __filemap_get_folio() returned NULL. The
 * wrapper also works on a kernel with a backport of this commit.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline struct folio *
mmapdemo_filemap_get_folio(struct address_space *mapping, pgoff_t index)
{
	return filemap_get_folio(mapping, index) ?: ERR_PTR(-ENOENT);
}

#define filemap_get_folio mmapdemo_filemap_get_folio
#endif

#endif /* _MMAPDEMO_COMPAT_FOLIO_H */
