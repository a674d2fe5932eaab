/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a region, which are in the page cache of its inode. */
#ifndef _MMAPDEMO_PAGES_H
#define _MMAPDEMO_PAGES_H

#include <linux/types.h>

struct address_space_operations;
struct folio;
struct page;
struct region;

extern const struct address_space_operations mmapdemo_pages_aops;

struct page *mmapdemo_pages_get(struct region *region, pgoff_t pgoff);
struct page *mmapdemo_pages_touch(struct region *region, pgoff_t pgoff);
int mmapdemo_pages_add(struct region *region, pgoff_t pgoff,
		       struct folio *folio, gfp_t gfp);

struct page *mmapdemo_pages_lock(struct region *region, pgoff_t pgoff,
				 bool nowait);
struct page *mmapdemo_pages_trylock(struct region *region, pgoff_t pgoff);
void mmapdemo_pages_unlock(struct page *page);
struct page *mmapdemo_pages_lock_frame(struct region *region, pgoff_t pgoff,
				       bool nowait);
void mmapdemo_pages_unlock_frame(struct region *region, struct page *page);

void mmapdemo_pages_set_end(struct region *region, u64 size);
void mmapdemo_pages_punch(struct region *region, u64 start, u64 end);

bool mmapdemo_pages_sound(struct page *page, unsigned long count);
u64 mmapdemo_pages_state(struct region *region, pgoff_t pgoff);

#endif /* _MMAPDEMO_PAGES_H */
