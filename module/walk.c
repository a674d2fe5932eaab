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
#include "entry.h"
#include "entry_x86.h"
#include "mmapdemo.h"
#include "walk.h"

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

static __always_inline void walk_pte(pte_t pte, struct walk *out)
{
	if (pte_none(pte))
		return;
	out->levels |= MMAPDEMO_LEVEL_PTE;
	if (pte_present(pte)) {
		out->pfn = pte_pfn(pte);
		out->entry = entry_of_present_pte(pte, out->pfn);
	} else {
		out->entry = entry_of_pte(pte);
	}
}

static void walk_window(const pte_t *pte, struct walk *out)
{
	const pte_t *first = pte - out->below, *p;

	for (p = first; p < first + out->window; p++)
		out->around += !pte_none(READ_ONCE(*p));
}

static void walk_pmd_leaf(pmd_t pmd, unsigned long addr, struct walk *out)
{
	out->order = PMD_SHIFT - PAGE_SHIFT;
	out->entry = entry_of_pmd(pmd);
	if (pmd_present(pmd))
		out->pfn = pmd_pfn(pmd) + ((addr & ~PMD_MASK) >> PAGE_SHIFT);
}

static void walk_pud_leaf(pud_t pud, unsigned long addr, struct walk *out)
{
	out->order = PUD_SHIFT - PAGE_SHIFT;
	out->entry = entry_of_pud(pud);
	out->pfn = pud_pfn(pud) + ((addr & ~PUD_MASK) >> PAGE_SHIFT);
}

static __always_inline void walk_pmd(pmd_t *pmdp, unsigned long addr,
				     struct walk *out)
{
	pmd_t pmd = READ_ONCE(*pmdp);
	pmdval_t value = pmd_val(pmd);
	pte_t *pte;

	if (pmd_none(pmd))
		return;
	out->levels |= MMAPDEMO_LEVEL_PMD;
	if (unlikely(!entry_is_table(value))) {
		walk_pmd_leaf(pmd, addr, out);
		return;
	}
	pte = (pte_t *)entry_table(value) + pte_index(addr);
	walk_pte(READ_ONCE(*pte), out);
	if (out->window)
		walk_window(pte, out);
}

static __always_inline pmd_t *walk_pud(pud_t *pudp, unsigned long addr,
				       struct walk *out)
{
	pud_t pud = READ_ONCE(*pudp);
	pudval_t value = pud_val(pud);

	if (pud_none(pud))
		return NULL;
	out->levels |= MMAPDEMO_LEVEL_PUD;
	if (likely(entry_is_table(value)))
		return (pmd_t *)entry_table(value) + pmd_index(addr);
	if (pud_present(pud))
		walk_pud_leaf(pud, addr, out);
	return NULL;
}

/* With four levels the P4D is folded into the PGD: it has no entry of its own. */
static bool folded(void)
{
	return mm_p4d_folded(NULL);
}

static __always_inline pmd_t *walk_p4d(p4d_t *p4dp, unsigned long addr,
				       struct walk *out)
{
	p4dval_t value = p4d_val(READ_ONCE(*p4dp));

	if (!entry_is_table(value))
		return NULL;
	out->levels |= folded() ? MMAPDEMO_LEVEL_PGD : MMAPDEMO_LEVEL_P4D;
	return walk_pud((pud_t *)entry_table(value) + pud_index(addr), addr,
			out);
}

static __always_inline pmd_t *walk_pgd(struct mm_struct *mm, unsigned long addr,
		       struct walk *out)
{
	pgd_t *pgdp = pgd_offset(mm, addr);
	pgdval_t value;

	if (folded())
		return walk_p4d((p4d_t *)pgdp, addr, out);
	value = pgd_val(READ_ONCE(*pgdp));
	if (!entry_is_table(value))
		return NULL;
	out->levels |= MMAPDEMO_LEVEL_PGD;
	return walk_p4d((p4d_t *)entry_table(value) + p4d_index(addr), addr,
			out);
}

static void walk_clear(struct walk *out, u32 levels)
{
	out->pfn = 0;
	out->entry = 0;
	out->levels = levels;
	out->order = 0;
	out->around = 0;
}

/**
 * mmapdemo_walk - what the page table holds for an address
 * @mm: the address space. Either the current one, or the caller keeps its page
 *	tables from being torn down: holds mmap_lock or the lock of the VMA
 * @addr: the address; above TASK_SIZE_MAX there is nothing to see
 * @out: filled in, but for below and window, which the caller has set
 *
 * Return: where the entry of the PMD is, or NULL when the walk ended above.
 */
pmd_t *mmapdemo_walk(struct mm_struct *mm, unsigned long addr, struct walk *out)
{
	unsigned long flags;
	pmd_t *pmd;

	walk_clear(out, 0);
	if (addr >= TASK_SIZE_MAX)
		return NULL;
	local_irq_save(flags);
	pmd = walk_pgd(mm, addr, out);
	if (pmd)
		walk_pmd(pmd, addr, out);
	local_irq_restore(flags);
	return pmd;
}

/**
 * mmapdemo_walk_again - the same, a moment later
 * @pmd: what mmapdemo_walk() returned. The caller has held mmap_lock or the
 *	lock of the VMA since: of its page tables only the last can go away
 *	meanwhile, and what is not hugetlbfs shares none
 * @addr: the address
 * @out: filled in as mmapdemo_walk() does
 */
void mmapdemo_walk_again(pmd_t *pmd, unsigned long addr, struct walk *out)
{
	unsigned long flags;

	walk_clear(out, MMAPDEMO_LEVEL_PGD | MMAPDEMO_LEVEL_PUD |
			(folded() ? 0 : MMAPDEMO_LEVEL_P4D));
	local_irq_save(flags);
	walk_pmd(pmd, addr, out);
	local_irq_restore(flags);
}

/** mmapdemo_walk_levels - levels of the page tables: 4, or 5 with P4D */
unsigned int mmapdemo_walk_levels(void)
{
	return folded() ? 4 : 5;
}
