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
#include "mmapdemo.h"
#include "walk.h"

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

static void walk_pte(pte_t pte, struct walk *out)
{
	if (pte_none(pte))
		return;
	out->levels |= MMAPDEMO_LEVEL_PTE;
	out->entry = entry_of_pte(pte);
	if (pte_present(pte))
		out->pfn = pte_pfn(pte);
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

static void walk_table(pmd_t pmd, unsigned long addr, struct walk *out)
{
	pte_t *ptep = pte_offset_kernel(&pmd, addr), *p;

	walk_pte(ptep_get(ptep), out);
	for (p = ptep - out->below; p <= ptep + out->above; p++)
		out->around += !pte_none(ptep_get(p));
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
		walk_table(pmd, addr, out);
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
 * @out: filled in, but for below and above, which the caller has set
 */
void mmapdemo_walk(struct mm_struct *mm, unsigned long addr, struct walk *out)
{
	unsigned long flags;

	*out = (struct walk) { .below = out->below, .above = out->above };
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
