/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's <linux/leafops.h> on older kernels: page table entries that
 * are not present, and the page that a present entry maps.
 */
#ifndef _MMAPDEMO_COMPAT_LEAF_H
#define _MMAPDEMO_COMPAT_LEAF_H

#include "compat/features.h"

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/userfaultfd_k.h>

/*
 * Linux 6.19 ("mm: introduce leaf entry type and use to simplify leaf entry logic")
 * replaced swp_entry_t, pte_to_swp_entry() and is_*_entry() by softleaf_t and its
 * functions.
 */
#ifdef HAS_SOFTLEAF_IS_SWAP
#include <linux/leafops.h>
#else
typedef swp_entry_t softleaf_t;

/* Stable updates of Linux 6.12 define a macro with this name. */
#ifndef softleaf_from_pte
static inline softleaf_t softleaf_from_pte(pte_t pte)
{
	return pte_to_swp_entry(pte);
}
#endif

static inline bool softleaf_is_swap(softleaf_t leaf)
{
	return !non_swap_entry(leaf);
}

static inline bool softleaf_is_migration(softleaf_t leaf)
{
	return is_migration_entry(leaf);
}

static inline bool softleaf_is_hwpoison(softleaf_t leaf)
{
	return is_hwpoison_entry(leaf);
}

static inline bool softleaf_is_marker(softleaf_t leaf)
{
/*
 * Linux 5.19, commit 679d10331910 ("mm: introduce PTE_MARKER swap entry"),
 * added PTE markers.
 */
#ifdef PTE_MARKER_MASK
	return is_pte_marker_entry(leaf);
#else
	return false;
#endif
}

static inline bool softleaf_is_uffd_wp_marker(softleaf_t leaf)
{
#ifdef PTE_MARKER_UFFD_WP
	return softleaf_is_marker(leaf) &&
	       pte_marker_get(leaf) & PTE_MARKER_UFFD_WP;
#else
	return false;
#endif
}

/*
 * Linux 6.13, commit 7c53dfbdb024 ("mm: add PTE_MARKER_GUARD PTE marker"),
 * added guard markers.
 */
static inline bool softleaf_is_guard_marker(softleaf_t leaf)
{
#ifdef PTE_MARKER_GUARD
	return softleaf_is_marker(leaf) &&
	       pte_marker_get(leaf) & PTE_MARKER_GUARD;
#else
	return false;
#endif
}
#endif

/*
 * Linux 7.3 ("mm: rename uffd-wp PTE accessors to uffd") renamed these functions,
 * because a new mode of userfaultfd also uses the bit.
 */
#ifndef HAS_PTE_UFFD
static inline bool pte_uffd(pte_t pte)
{
	return pte_uffd_wp(pte);
}

static inline bool pte_swp_uffd(pte_t pte)
{
	return pte_swp_uffd_wp(pte);
}

static inline bool pmd_uffd(pmd_t pmd)
{
	return pmd_uffd_wp(pmd);
}
#endif

static inline bool pfn_is_anon(unsigned long pfn)
{
	return PageAnon(pfn_to_page(pfn));
}

#endif /* _MMAPDEMO_COMPAT_LEAF_H */
