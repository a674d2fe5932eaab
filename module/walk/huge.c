// SPDX-License-Identifier: GPL-2.0-only
/*
 * Count huge pages of anonymous memory. For each such page, the kernel keeps a
 * page table in reserve. With this page table, the kernel can split the huge
 * page without allocating memory.
 *
 * The walk holds mmap_lock for reading and goes from VMA to VMA, so no table that
 * the walk reads is freed: see range.c. PTE tables are not read.
 */
#include "common.h"
#include "compat/vmas.h"
#include "walk/huge.h"

#include <linux/mm.h>
#include <linux/pgtable.h>

/*
 * BUDGET limits the time of the walk, because the caller may have disabled
 * preemption. The unit is the time to read one PMD entry. Each VMA counts as
 * VMA_COST units.
 */
#define BUDGET		(1 << 18)
#define VMA_COST	32

struct huge_walk {
	s32 found;
	s32 budget;	/* negative: the walk ended early */
};

/*
 * In anonymous memory, a PMD that is not none and does not point to a table
 * maps a huge page, or a huge page that is being migrated.
 */
static void walk_pmds(struct huge_walk *walk, pud_t *pudp, pud_t pud, u64 addr,
		      u64 end)
{
	pmd_t *pmdp = pmd_offset_lockless(pudp, pud, addr);

	walk->budget -= (end - addr) >> PMD_SHIFT;
	for (; addr < end; pmdp++, addr = pmd_addr_end(addr, end)) {
		pmd_t pmd = READ_ONCE(*pmdp);

		walk->found += !pmd_none(pmd) &&
			       (!pmd_present(pmd) || pmd_leaf(pmd));
	}
}

static void walk_puds(struct huge_walk *walk, p4d_t *p4dp, p4d_t p4d, u64 addr,
		      u64 end)
{
	pud_t *pudp = pud_offset_lockless(p4dp, p4d, addr);
	u64 next;

	for (; addr < end && walk->budget >= 0; pudp++, addr = next) {
		pud_t pud = READ_ONCE(*pudp);

		next = pud_addr_end(addr, end);
		if (pud_present(pud) && !pud_leaf(pud))
			walk_pmds(walk, pudp, pud, addr, next);
	}
}

static void walk_p4ds(struct huge_walk *walk, pgd_t *pgdp, pgd_t pgd, u64 addr,
		      u64 end)
{
	p4d_t *p4dp = p4d_offset_lockless(pgdp, pgd, addr);
	u64 next;

	for (; addr < end; p4dp++, addr = next) {
		p4d_t p4d = READ_ONCE(*p4dp);

		next = p4d_addr_end(addr, end);
		if (!p4d_none(p4d))
			walk_puds(walk, p4dp, p4d, addr, next);
	}
}

static void walk_pgds(struct huge_walk *walk, struct mm_struct *mm, u64 addr,
		      u64 end)
{
	pgd_t *pgdp = pgd_offset(mm, addr);
	u64 next;

	for (; addr < end; pgdp++, addr = next) {
		pgd_t pgd = READ_ONCE(*pgdp);

		next = pgd_addr_end(addr, end);
		if (!pgd_none(pgd))
			walk_p4ds(walk, pgdp, pgd, addr, next);
	}
}

/* Return true if the VMA contains a whole aligned block of the size of a huge page. */
static bool has_block(const struct vm_area_struct *vma)
{
	return ALIGN(vma->vm_start, PMD_SIZE) + PMD_SIZE <= vma->vm_end;
}

/**
 * mmapdemo_walk_huge - count the huge pages of anonymous memory
 * @mm: the address space, which must not be freed during the call
 *
 * The function does not sleep.
 *
 * Return: the number of huge pages, including the huge zero page; -1 if
 * mmap_lock is held for writing, or if the walk would take too long.
 */
s32 mmapdemo_walk_huge(struct mm_struct *mm)
{
	struct huge_walk walk = { .budget = BUDGET };
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;

	if (!mmap_read_trylock(mm))
		return -1;
	for_each_vma(vmi, vma) {
		walk.budget -= VMA_COST;
		if (walk.budget < 0)
			break;
		if (vma_is_anonymous(vma) && has_block(vma))
			walk_pgds(&walk, mm, vma->vm_start, vma->vm_end);
	}
	mmap_read_unlock(mm);
	return walk.budget < 0 ? -1 : walk.found;
}
