/* SPDX-License-Identifier: GPL-2.0-only */
/* unmap_mapping_range() as of the newest kernel: it tells what is a private copy. */
#ifndef _MMAPDEMO_COMPAT_UNMAP_H
#define _MMAPDEMO_COMPAT_UNMAP_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

/*
 * Linux 5.18, commit 2e148f1e3d9a ("mm: change zap_details.zap_mapping into
 * even_cows"): before, all but pages of the mapping itself were private copies
 * and stayed. So pages are the mapping's while they are unmapped, and it says
 * what happens to those that are found to be dirty by that.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
static inline void page_unmap_begin(struct page *page,
				    struct address_space *mapping)
{
	page->mapping = mapping;
}

static inline void page_unmap_end(struct page *page)
{
	page->mapping = NULL;
}

static inline int unmap_set_page_dirty(struct page *page)
{
	return !TestSetPageDirty(page);
}

static const struct address_space_operations __maybe_unused unmap_aops = {
	.set_page_dirty = unmap_set_page_dirty,
};
#else
static inline void page_unmap_begin(struct page *page,
				    struct address_space *mapping)
{
}

static inline void page_unmap_end(struct page *page)
{
}

#define unmap_aops empty_aops
#endif

#endif /* _MMAPDEMO_COMPAT_UNMAP_H */
