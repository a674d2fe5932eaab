// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk through the page tables to one address, like the processor's own walk.
 *
 * The walk reads each entry once, and never writes to the tables. An entry was
 * correct at the moment when it was read, but other tasks may change entries at
 * any time.
 *
 * For a caller that holds no lock, the walk disables interrupts, as gup_fast
 * (mm/gup.c) does. If another CPU unlinks a page table during the walk, the
 * table is freed only after all CPUs have answered an interrupt, or after a
 * grace period. So no table is freed while the walk reads it. A caller that
 * holds the VMA's lock or mmap_lock, such as a fault, need not disable
 * interrupts. The tables above the last level exist as long as the VMA does. On
 * older kernels, a table of the last level is removed only with mmap_lock held
 * for writing. Newer kernels also remove such a table without this lock: since
 * Linux 6.5 if a huge page of a file replaces the pages of the table, and since
 * 6.14 if the table is empty. A table that was removed without this lock is
 * freed after an RCU grace period, which cannot end while preemption is
 * disabled.
 */
#include "common.h"
#include "arch_entry.h"
#include "mmapdemo.h"
#include "walk/entry.h"
#include "walk/walk.h"

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

/*
 * Return true if there are only four levels. With four levels, the P4D is
 * folded into the PGD, and has no entries.
 */
static __always_inline bool folded(void)
{
	return mm_p4d_folded(NULL);
}

static __always_inline bool is_populated(const pte_t *ptep)
{
	return !pte_none(READ_ONCE(*ptep));
}

/*
 * Count the populated entries of the window. For a window of the usual size, the
 * compiler unrolls the loop.
 */
static noinline void walk_window(const pte_t *pte, struct walk *out)
{
	const pte_t *first = pte - out->below;
	u8 i, around = 0;

	if (likely(out->window == WALK_WINDOW)) {
#pragma GCC unroll 16
		for (i = 0; i < WALK_WINDOW; i++)
			around += is_populated(first + i);
	} else {
		for (i = 0; i < out->window; i++)
			around += is_populated(first + i);
	}
	out->around = around;
}

static noinline void walk_entry(const pte_t *ptep, pte_t pte, struct walk *out)
{
	if (!pte_none(pte)) {
		out->levels |= MMAPDEMO_LEVEL_PTE;
		if (likely(pte_present(pte))) {
			out->pfn = pte_pfn(pte);
			out->entry = entry_of_present_pte(pte, out->pfn);
		} else {
			out->entry = entry_of_pte(pte);
		}
	}
	if (out->window)
		walk_window(ptep, out);
}

/* Walk the PTE, which is usually none before the first touch. */
static __always_inline void walk_pte(const pte_t *ptep, u8 levels,
				     struct walk *out)
{
	pte_t pte = READ_ONCE(*ptep);

	out->levels = levels;
	if (!pte_none(pte) || out->window)
		walk_entry(ptep, pte, out);
}

/* Walk a PMD that does not point to a table. */
static void walk_pmd_leaf(pmd_t pmd, unsigned long addr, u8 levels,
			  struct walk *out)
{
	out->levels = levels;
	if (pmd_none(pmd))
		return;
	out->levels |= MMAPDEMO_LEVEL_PMD;
	out->order = PMD_SHIFT - PAGE_SHIFT;
	out->entry = entry_of_pmd(pmd);
	if (pmd_present(pmd))
		out->pfn = pmd_pfn(pmd) + ((addr & ~PMD_MASK) >> PAGE_SHIFT);
}

static void walk_pud_leaf(pud_t pud, unsigned long addr, u8 levels,
			  struct walk *out)
{
	out->levels = levels;
	if (pud_none(pud))
		return;
	out->levels |= MMAPDEMO_LEVEL_PUD;
	out->order = PUD_SHIFT - PAGE_SHIFT;
	out->entry = entry_of_pud(pud);
	if (out->entry & MMAPDEMO_ENTRY_PRESENT)
		out->pfn = pud_pfn(pud) + ((addr & ~PUD_MASK) >> PAGE_SHIFT);
}

/*
 * Walk the PMD. At this level and above, most entries point to tables. @levels
 * is the set of populated levels above the PMD. Return the PMD entry if it points to a
 * table, or NULL.
 */
static __always_inline pmd_t *walk_pmd(pmd_t *pmdp, unsigned long addr,
				     u8 levels, struct walk *out)
{
	pmd_t pmd = READ_ONCE(*pmdp);
	pmdval_t value = pmd_val(pmd);

	if (unlikely(!entry_is_table(value))) {
		walk_pmd_leaf(pmd, addr, levels, out);
		return NULL;
	}
	walk_pte((pte_t *)entry_table(value) + pte_index(addr),
		 levels | MMAPDEMO_LEVEL_PMD, out);
	return pmdp;
}

static __always_inline pmd_t *walk_pud(pud_t *pudp, unsigned long addr,
				       u8 levels, struct walk *out)
{
	pud_t pud = READ_ONCE(*pudp);
	pudval_t value = pud_val(pud);
	pmd_t *pmdp;

	if (unlikely(!entry_is_table(value))) {
		walk_pud_leaf(pud, addr, levels, out);
		return NULL;
	}
	pmdp = (pmd_t *)entry_table(value) + pmd_index(addr);
	return walk_pmd(pmdp, addr, levels | MMAPDEMO_LEVEL_PUD, out);
}

/*
 * Walk the P4D, and record the entry as an entry of @level. The entry points to
 * a table or is none.
 */
static __always_inline pmd_t *walk_p4d(p4d_t *p4dp, unsigned long addr,
				       u8 levels, u8 level, struct walk *out)
{
	p4dval_t value = p4d_val(READ_ONCE(*p4dp));

	if (unlikely(!(value & _PAGE_PRESENT))) {
		out->levels = levels;
		return NULL;
	}
	return walk_pud((pud_t *)entry_table(value) + pud_index(addr), addr,
			levels | level, out);
}

static __always_inline pmd_t *walk_pgd(pgd_t *pgdp, unsigned long addr,
				       struct walk *out)
{
	pgdval_t value;

	if (folded())
		return walk_p4d((p4d_t *)pgdp, addr, 0, MMAPDEMO_LEVEL_PGD,
				out);
	value = pgd_val(READ_ONCE(*pgdp));
	if (unlikely(!(value & _PAGE_PRESENT))) {
		out->levels = 0;
		return NULL;
	}
	return walk_p4d((p4d_t *)entry_table(value) + p4d_index(addr), addr,
			MMAPDEMO_LEVEL_PGD, MMAPDEMO_LEVEL_P4D, out);
}

static __always_inline void walk_clear(struct walk *out)
{
	out->pfn = 0;
	out->entry = 0;
	out->order = 0;
	out->around = 0;
}

/**
 * mmapdemo_walk_locked - read the page table entries of an address
 * @mm: the address space. The caller has disabled preemption, and holds either
 *	the mmap_lock of @mm or the lock of the VMA that contains @addr
 * @addr: the address, which must not be in a hugetlbfs VMA, because page tables
 *	of hugetlbfs may be shared
 * @out: the result, in which the caller has already set @below and @window
 *
 * Return: the address of the PMD entry, which the caller can pass to
 * mmapdemo_walk_on(), or NULL if there is no table of the last level.
 */
pmd_t *mmapdemo_walk_locked(struct mm_struct *mm, unsigned long addr,
			    struct walk *out)
{
	walk_clear(out);
	return walk_pgd(pgd_offset(mm, addr), addr, out);
}

/**
 * mmapdemo_walk_on - repeat a walk from the PMD down
 * @pmd: result of mmapdemo_walk_locked(). The caller still holds the lock that
 *	it held during that walk
 * @addr: the address
 * @out: filled in as by mmapdemo_walk_locked()
 */
void mmapdemo_walk_on(pmd_t *pmd, unsigned long addr, struct walk *out)
{
	walk_clear(out);
	walk_pmd(pmd, addr, MMAPDEMO_LEVEL_PGD | MMAPDEMO_LEVEL_PUD |
		 (folded() ? 0 : MMAPDEMO_LEVEL_P4D), out);
}

/**
 * mmapdemo_walk - read the page table entries of an address, with interrupts
 *	disabled
 * @mm: the current address space, or an address space whose mmap_lock the
 *	caller holds, so that the page tables are not freed
 * @addr: a user address
 * @out: filled in as by mmapdemo_walk_locked()
 */
void mmapdemo_walk(struct mm_struct *mm, unsigned long addr, struct walk *out)
{
	unsigned long flags;

	local_irq_save(flags);
	mmapdemo_walk_locked(mm, addr, out);
	local_irq_restore(flags);
}

/** mmapdemo_walk_levels - return the number of page table levels, 4 or 5 */
unsigned int mmapdemo_walk_levels(void)
{
	return folded() ? 4 : 5;
}
