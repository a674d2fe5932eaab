/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conversion of a page table entry to MMAPDEMO_ENTRY_* bits, which are the same
 * for every level, kernel and architecture. The caller has read the entry once.
 * The entry in the page table may have changed since then.
 */
#ifndef _MMAPDEMO_ENTRY_H
#define _MMAPDEMO_ENTRY_H

#include "arch_entry.h"
#include "compat/leaf.h"
#include "mmapdemo.h"

#include <linux/mm.h>
#include <linux/pgtable.h>

/*
 * Return the bits that describe the page of a present leaf. The function reads
 * struct page without taking a reference on the page.
 */
static inline u32 entry_of_page(unsigned long pfn)
{
	if (is_zero_pfn(pfn))
		return MMAPDEMO_ENTRY_ZERO;
	if (pfn_valid(pfn) && pfn_is_anon(pfn))
		return MMAPDEMO_ENTRY_ANON;
	return 0;
}

/*
 * Return the bits that describe the page of a present PTE. As in
 * vm_normal_page(), an entry that is not special maps a page that has a struct
 * page and is not the zero page.
 */
static inline u32 entry_of_pte_page(pte_t pte, unsigned long pfn)
{
	if (unlikely(pte_special(pte)))
		return is_zero_pfn(pfn) ? MMAPDEMO_ENTRY_ZERO : 0;
	return pfn_is_anon(pfn) ? MMAPDEMO_ENTRY_ANON : 0;
}

static inline u32 entry_of_marker(softleaf_t leaf)
{
	return MMAPDEMO_ENTRY_MARKER |
	       (softleaf_is_guard_marker(leaf) ? MMAPDEMO_ENTRY_GUARD : 0) |
	       (softleaf_is_uffd_wp_marker(leaf) ? MMAPDEMO_ENTRY_UFFD_WP : 0);
}

/* Return the bits of an entry that is neither present nor none. */
static inline u32 entry_of_softleaf(softleaf_t leaf)
{
	if (softleaf_is_swap(leaf))
		return MMAPDEMO_ENTRY_SWAP;
	if (softleaf_is_migration(leaf))
		return MMAPDEMO_ENTRY_MIGRATION;
	if (softleaf_is_marker(leaf))
		return entry_of_marker(leaf);
	if (softleaf_is_hwpoison(leaf))
		return MMAPDEMO_ENTRY_MARKER;
	return MMAPDEMO_ENTRY_DEVICE;
}

/* Return the bits of a present PTE, except the bits that describe its page. */
static inline u32 entry_of_pte_flags(pte_t pte)
{
	return MMAPDEMO_ENTRY_PRESENT |
	       (pte_write(pte) ? MMAPDEMO_ENTRY_WRITE : 0) |
	       (pte_exec(pte) ? MMAPDEMO_ENTRY_EXEC : 0) |
	       (pte_young(pte) ? MMAPDEMO_ENTRY_YOUNG : 0) |
	       (pte_dirty(pte) ? MMAPDEMO_ENTRY_DIRTY : 0) |
	       (pte_special(pte) ? MMAPDEMO_ENTRY_SPECIAL : 0) |
	       (entry_is_protnone(pte_flags(pte)) ? MMAPDEMO_ENTRY_PROTNONE : 0) |
	       (pte_uffd(pte) ? MMAPDEMO_ENTRY_UFFD_WP : 0) |
	       (pte_soft_dirty(pte) ? MMAPDEMO_ENTRY_SOFT_DIRTY : 0);
}

/* tables in entry.c: bits of the flags in the lower and the upper part of a PTE */
extern u16 mmapdemo_entry_low[ENTRY_LOW_FLAGS];
extern u16 mmapdemo_entry_high[ENTRY_HIGH_FLAGS];

void mmapdemo_entry_init(void);

/* Return the same bits as entry_of_pte_flags(). */
static __always_inline u32 entry_of_pte_value(pteval_t value)
{
	return mmapdemo_entry_low[value & (ENTRY_LOW_FLAGS - 1)] |
	       mmapdemo_entry_high[value >> ENTRY_HIGH_SHIFT];
}

/* Return all bits of a present PTE, which maps @pfn. */
static inline u32 entry_of_present_pte(pte_t pte, unsigned long pfn)
{
	return entry_of_pte_value(native_pte_val(pte)) |
	       entry_of_pte_page(pte, pfn);
}

/* Return the bits of a PTE that is not none. */
static inline u32 entry_of_pte(pte_t pte)
{
	if (pte_present(pte))
		return entry_of_present_pte(pte, pte_pfn(pte));
	return entry_of_softleaf(softleaf_from_pte(pte)) |
	       (pte_swp_uffd(pte) ? MMAPDEMO_ENTRY_UFFD_WP : 0) |
	       (pte_swp_soft_dirty(pte) ? MMAPDEMO_ENTRY_SOFT_DIRTY : 0);
}

/*
 * Return the bits of a PMD that is not none and does not point to a table. If
 * the PMD is not present, it has the format of a PTE, so decode it as a PTE.
 * softleaf_from_pmd() is not used here, because it decodes only PMDs of THP,
 * and decodes nothing in a kernel without THP. But a PMD of hugetlbfs may also
 * be not present.
 */
static inline u32 entry_of_pmd(pmd_t pmd)
{
	if (!pmd_present(pmd))
		return MMAPDEMO_ENTRY_HUGE | entry_of_pte(__pte(pmd_val(pmd)));
	return MMAPDEMO_ENTRY_HUGE | MMAPDEMO_ENTRY_PRESENT |
	       entry_of_page(pmd_pfn(pmd)) |
	       (pmd_write(pmd) ? MMAPDEMO_ENTRY_WRITE : 0) |
	       (pmd_exec(pmd) ? MMAPDEMO_ENTRY_EXEC : 0) |
	       (pmd_young(pmd) ? MMAPDEMO_ENTRY_YOUNG : 0) |
	       (pmd_dirty(pmd) ? MMAPDEMO_ENTRY_DIRTY : 0) |
	       (entry_is_protnone(pmd_flags(pmd)) ? MMAPDEMO_ENTRY_PROTNONE :
						    0) |
	       (pmd_uffd(pmd) ? MMAPDEMO_ENTRY_UFFD_WP : 0) |
	       (pmd_soft_dirty(pmd) ? MMAPDEMO_ENTRY_SOFT_DIRTY : 0);
}

/*
 * Return the bits of a PUD that maps a huge page of 1 GiB, which belongs to
 * hugetlbfs or to a device. The kernel has few helpers for PUDs, and
 * pud_present() is false for a PROT_NONE page. But a PUD has the same bits as a
 * PTE, so decode it as a PTE.
 */
static inline u32 entry_of_pud(pud_t pud)
{
	pte_t pte = __pte(pud_val(pud));

	if (!pte_present(pte))
		return MMAPDEMO_ENTRY_HUGE | entry_of_pte(pte);
	return MMAPDEMO_ENTRY_HUGE | entry_of_pte_flags(pte) |
	       entry_of_page(pud_pfn(pud));
}

#endif /* _MMAPDEMO_ENTRY_H */
