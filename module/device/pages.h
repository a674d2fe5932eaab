/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a region: looked up without a lock, added by the first touch. */
#ifndef _MMAPDEMO_PAGES_H
#define _MMAPDEMO_PAGES_H

#include "compat/gfp.h"

#include <linux/mm.h>
#include <linux/types.h>

struct folio;
struct region;

/*
 * Pages are charged to the memory cgroup of the task that touches them first.
 * GFP_USER, because the module accesses the pages through the kernel's mapping:
 * with GFP_HIGHUSER that would need kmap_local_page().
 */
#define PAGES_GFP (GFP_USER | __GFP_ZERO | GFP_ACCOUNT_MAPPED)

struct page *mmapdemo_pages_get(struct region *region, pgoff_t pgoff);
struct page *mmapdemo_pages_touch(struct region *region, pgoff_t pgoff);
struct page *mmapdemo_pages_lock(struct region *region, pgoff_t pgoff);
unsigned long mmapdemo_pages_trylock(struct region *region, pgoff_t *first,
				     pgoff_t last, struct page **pages,
				     unsigned long room);
void mmapdemo_pages_unlock(struct page *page);
bool mmapdemo_pages_sound(struct page *page, unsigned long count);
int mmapdemo_pages_add(struct region *region, pgoff_t pgoff,
		       struct folio *folio);
void mmapdemo_pages_remove(struct region *region, pgoff_t first, pgoff_t last);
u64 mmapdemo_pages_state(struct region *region, pgoff_t pgoff);

#endif /* _MMAPDEMO_PAGES_H */
