// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk through a page table to one address, as the processor does it.
 *
 * Reads each entry once and never writes. Like the kernel's own lockless walk,
 * gup_fast (mm/gup.c), it keeps interrupts off: a page table that another CPU
 * unhooks meanwhile is freed only after all CPUs have answered an interrupt or
 * passed a grace period, so every table read here is still one. What it tells
 * is true of the moment it looked; others may change it right away.
 */
#include "common.h"
#include "compat/leaf.h"
#include "mmapdemo.h"
#include "walk.h"

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

/* What a present leaf says of its page. Only flags of struct page are read. */
static u32 entry_page(unsigned long pfn)
{
	if (is_zero_pfn(pfn))
		return MMAPDEMO_ENTRY_ZERO;
	if (pfn_valid(pfn) && pfn_is_anon(pfn))
		return MMAPDEMO_ENTRY_ANON;
	return 0;
}

/* Not present, but not none. */
static u32 entry_softleaf(softleaf_t leaf)
{
	if (softleaf_is_swap(leaf))
		return MMAPDEMO_ENTRY_SWAP;
	if (softleaf_is_migration(leaf))
		return MMAPDEMO_ENTRY_MIGRATION;
	if (softleaf_is_marker(leaf) || softleaf_is_hwpoison(leaf))
		return MMAPDEMO_ENTRY_MARKER;
	return MMAPDEMO_ENTRY_DEVICE;
}

static void walk_pte(pte_t pte, struct walk *out)
{
	if (pte_none(pte))
		return;
	out->levels |= MMAPDEMO_LEVEL_PTE;
	if (!pte_present(pte)) {
		out->entry = entry_softleaf(softleaf_from_pte(pte));
		return;
	}
	out->pfn = pte_pfn(pte);
	out->entry = MMAPDEMO_ENTRY_PRESENT | entry_page(out->pfn) |
		     (pte_write(pte) ? MMAPDEMO_ENTRY_WRITE : 0) |
		     (pte_exec(pte) ? MMAPDEMO_ENTRY_EXEC : 0) |
		     (pte_young(pte) ? MMAPDEMO_ENTRY_YOUNG : 0) |
		     (pte_dirty(pte) ? MMAPDEMO_ENTRY_DIRTY : 0) |
		     (pte_special(pte) ? MMAPDEMO_ENTRY_SPECIAL : 0) |
		     (pte_protnone(pte) ? MMAPDEMO_ENTRY_PROTNONE : 0) |
		     (pte_uffd_wp(pte) ? MMAPDEMO_ENTRY_UFFD_WP : 0) |
		     (pte_soft_dirty(pte) ? MMAPDEMO_ENTRY_SOFT_DIRTY : 0);
}

static void walk_pmd_leaf(pmd_t pmd, unsigned long addr, struct walk *out)
{
	out->order = PMD_SHIFT - PAGE_SHIFT;
	out->entry = MMAPDEMO_ENTRY_HUGE;
	if (!pmd_present(pmd)) {
		out->entry |= entry_softleaf(softleaf_from_pmd(pmd));
		return;
	}
	out->pfn = pmd_pfn(pmd) + ((addr & ~PMD_MASK) >> PAGE_SHIFT);
	out->entry |= MMAPDEMO_ENTRY_PRESENT | entry_page(out->pfn) |
		      (pmd_write(pmd) ? MMAPDEMO_ENTRY_WRITE : 0) |
		      (pmd_exec(pmd) ? MMAPDEMO_ENTRY_EXEC : 0) |
		      (pmd_young(pmd) ? MMAPDEMO_ENTRY_YOUNG : 0) |
		      (pmd_dirty(pmd) ? MMAPDEMO_ENTRY_DIRTY : 0) |
		      (pmd_protnone(pmd) ? MMAPDEMO_ENTRY_PROTNONE : 0) |
		      (pmd_uffd_wp(pmd) ? MMAPDEMO_ENTRY_UFFD_WP : 0) |
		      (pmd_soft_dirty(pmd) ? MMAPDEMO_ENTRY_SOFT_DIRTY : 0);
}

/* Huge pages of 1 GiB: hugetlbfs and devices only. */
static void walk_pud_leaf(pud_t pud, unsigned long addr, struct walk *out)
{
	out->order = PUD_SHIFT - PAGE_SHIFT;
	out->pfn = pud_pfn(pud) + ((addr & ~PUD_MASK) >> PAGE_SHIFT);
	out->entry = MMAPDEMO_ENTRY_HUGE | MMAPDEMO_ENTRY_PRESENT |
		     (pud_write(pud) ? MMAPDEMO_ENTRY_WRITE : 0) |
		     (pud_young(pud) ? MMAPDEMO_ENTRY_YOUNG : 0) |
		     (pud_dirty(pud) ? MMAPDEMO_ENTRY_DIRTY : 0);
}

static void walk_pmd(pmd_t *pmdp, unsigned long addr, struct walk *out)
{
	pmd_t pmd = READ_ONCE(*pmdp);

	if (pmd_none(pmd))
		return;
	out->levels |= MMAPDEMO_LEVEL_PMD;
	if (!pmd_present(pmd) || pmd_leaf(pmd))
		walk_pmd_leaf(pmd, addr, out);
	else
		walk_pte(ptep_get(pte_offset_kernel(&pmd, addr)), out);
}

static void walk_pud(pud_t *pudp, unsigned long addr, struct walk *out)
{
	pud_t pud = READ_ONCE(*pudp);

	if (pud_none(pud))
		return;
	out->levels |= MMAPDEMO_LEVEL_PUD;
	if (!pud_present(pud))
		return;
	if (pud_leaf(pud))
		walk_pud_leaf(pud, addr, out);
	else
		walk_pmd(pmd_offset_lockless(pudp, pud, addr), addr, out);
}

/* With four levels the P4D is folded into the PGD: it has no entry of its own. */
static void walk_pgd(struct mm_struct *mm, unsigned long addr, struct walk *out)
{
	pgd_t *pgdp = pgd_offset(mm, addr);
	pgd_t pgd = READ_ONCE(*pgdp);
	p4d_t *p4dp, p4d;

	if (pgd_none(pgd))
		return;
	p4dp = p4d_offset_lockless(pgdp, pgd, addr);
	p4d = READ_ONCE(*p4dp);
	if (!mm_p4d_folded(mm))
		out->levels |= MMAPDEMO_LEVEL_PGD;
	if (p4d_none(p4d))
		return;
	out->levels |= mm_p4d_folded(mm) ? MMAPDEMO_LEVEL_PGD :
					   MMAPDEMO_LEVEL_P4D;
	if (p4d_present(p4d))
		walk_pud(pud_offset_lockless(p4dp, p4d, addr), addr, out);
}

/**
 * mmapdemo_walk - what the page table holds for an address
 * @mm: the address space. Either the current one, or the caller keeps its page
 *	tables from being torn down: holds mmap_lock or the lock of the VMA
 * @addr: the address; above TASK_SIZE_MAX there is nothing to see
 * @out: filled in
 */
void mmapdemo_walk(struct mm_struct *mm, unsigned long addr, struct walk *out)
{
	unsigned long flags;

	*out = (struct walk) { };
	if (addr >= TASK_SIZE_MAX)
		return;
	local_irq_save(flags);
	walk_pgd(mm, addr, out);
	local_irq_restore(flags);
}

/** mmapdemo_walk_levels - levels of the page tables: 4, or 5 with P4D */
unsigned int mmapdemo_walk_levels(void)
{
	return mm_p4d_folded(current->mm) ? 4 : 5;
}
