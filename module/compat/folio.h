/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's folio API on older kernels. */
#ifndef _MMAPDEMO_COMPAT_FOLIO_H
#define _MMAPDEMO_COMPAT_FOLIO_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/vmstat.h>
#include <linux/version.h>

/*
 * Linux 5.16, commit 7b230db3b8d3 ("mm: Introduce struct folio") added folios: a
 * folio is a page that is not a tail page. For older kernels, define what the
 * module uses.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)

#include <linux/build_bug.h>
#include <linux/stddef.h>

struct folio {
	union {
		struct {
			unsigned long flags;
			struct list_head lru;
			struct address_space *mapping;
			pgoff_t index;
		};
		struct page page;
	};
};

static_assert(offsetof(struct folio, mapping) ==
	      offsetof(struct page, mapping));
static_assert(offsetof(struct folio, index) == offsetof(struct page, index));

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

static inline bool folio_try_get(struct folio *folio)
{
	return get_page_unless_zero(&folio->page);
}

static inline void folio_put(struct folio *folio)
{
	put_page(&folio->page);
}

static inline void folio_lock(struct folio *folio)
{
	lock_page(&folio->page);
}

static inline bool folio_trylock(struct folio *folio)
{
	return trylock_page(&folio->page);
}

static inline void folio_unlock(struct folio *folio)
{
	unlock_page(&folio->page);
}

/*
 * Update the statistics of the node only, not of a memory cgroup. Before Linux 5.11
 * mapped pages are not charged to a memory cgroup: see gfp.h.
 */
static inline void lruvec_stat_mod_folio(struct folio *folio,
					 enum node_stat_item item, int nr)
{
	mod_node_page_state(page_pgdat(&folio->page), item, nr);
}

static inline void folio_set_dirty(struct folio *folio)
{
	SetPageDirty(&folio->page);
}

#endif

#endif /* _MMAPDEMO_COMPAT_FOLIO_H */
