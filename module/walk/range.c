// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk through all page tables that map a range of addresses of any process.
 *
 * During the walk, other tasks may fill tables and empty them. But no table is
 * freed while the walk reads it:
 *
 * - munmap() may free tables after it has downgraded mmap_lock to a read lock,
 *   but only tables for addresses that no longer have a VMA. So the walk goes
 *   from VMA to VMA, as mm/pagewalk.c does. The walk holds mmap_lock for
 *   reading, which keeps VMAs and the upper tables in place.
 * - A PTE table can be freed while its VMA exists: khugepaged replaces the
 *   table with a huge page, and since Linux 6.14, MADV_DONTNEED frees an empty
 *   table. Both operations free the table after an RCU grace period, or with
 *   mmap_lock held for writing. So the walk reads the table, and the entry that
 *   points to the table, in one RCU read-side section. pte_offset_map() of
 *   newer kernels also enters such a section, but is not exported to modules.
 * - Processes can share page tables of hugetlbfs. To stop sharing a table, a
 *   process holds i_mmap_rwsem of the file for writing. So the walk holds
 *   i_mmap_rwsem for reading.
 *
 * Disabling interrupts, as walk.c does, would not be enough here. Before the
 * kernel frees tables of a process, the kernel does not wait for CPUs that run
 * other processes.
 *
 * mmap_lock is dropped after every BATCH entries, so that other tasks can take
 * mmap_lock.
 */
#include "common.h"
#include "arch_entry.h"
#include "walk/entry.h"
#include "walk/range.h"
#include "walk/runs.h"

#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

/*
 * Number of entries to read before mmap_lock is dropped. Reading BATCH entries
 * takes well under 1 ms.
 */
#define BATCH (64 * PTRS_PER_PTE)

/*
 * State of a walk. The functions below return false to stop the walk, because
 * there is no room for another run, or because the batch is over.
 */
struct walker {
	struct mm_struct *mm;
	struct vm_area_struct *vma;	/* valid while mmap_lock is held */
	struct runs *runs;
	u64 at;				/* entries below this address are already recorded */
	u64 end;
	int batch;			/* number of entries left in this batch */
	pteval_t flags;			/* flags of the last present PTE; 0: none yet */
	u32 bits;			/* MMAPDEMO_ENTRY_* bits of @flags */
	u64 memtypes;
};

/*
 * Record an entry. Most entries are leaves that continue a run, so test for
 * this case first.
 */
static __always_inline bool walk_visit(struct walker *w, enum table_level level,
				       u64 addr, u32 bits, u64 frame, u32 swap)
{
	struct entry entry = {
		.level = level,
		.address = addr & ~((1ULL << runs_shift(level)) - 1),
		.bits = bits,
		.frame = w->runs->frames ? frame : 0,
		.swap = w->runs->frames ? swap : 0,
	};

	if (!(bits & MMAPDEMO_ENTRY_TABLE) && runs_continue(w->runs, &entry))
		return true;
	if (mmapdemo_runs_add(w->runs, &entry))
		return true;
	w->at = max(w->at, entry.address);
	return false;
}

static bool walk_table(struct walker *w, enum table_level level, u64 addr,
		       pteval_t value)
{
	return walk_visit(w, level, addr, entry_of_table(value), 0, 0);
}

/* For a present leaf of any level, return the bits that entry.h does not decode. */
static u32 walk_leaf_bits(const struct walker *w, pteval_t value, pteval_t pat)
{
	return entry_user(value) | entry_of_memtype(w->memtypes, value, pat);
}

static noinline void walk_pte_flags(struct walker *w, pte_t pte)
{
	w->flags = pte_flags(pte);
	w->bits = entry_of_pte_flags(pte) |
		  walk_leaf_bits(w, w->flags, _PAGE_PAT);
}

/*
 * Decode a present PTE. Neighbouring PTEs mostly have the same flags, so the
 * decoded flags are kept for the next PTE.
 */
static __always_inline bool walk_present_pte(struct walker *w, pte_t pte,
					     u64 addr)
{
	unsigned long pfn = pte_pfn(pte);

	if (pte_flags(pte) != w->flags)
		walk_pte_flags(w, pte);
	return walk_visit(w, LEVEL_PTE, addr,
			  w->bits | entry_of_pte_page(pte, pfn), pfn, 0);
}

static bool walk_softleaf(struct walker *w, pte_t pte, u64 addr)
{
	u32 bits = entry_of_pte(pte);
	softleaf_t leaf;

	if (!(bits & MMAPDEMO_ENTRY_SWAP))
		return walk_visit(w, LEVEL_PTE, addr, bits, 0, 0);
	leaf = softleaf_from_pte(pte);
	return walk_visit(w, LEVEL_PTE, addr, bits, swp_offset(leaf),
			  swp_type(leaf));
}

static bool walk_ptes(struct walker *w, pmd_t pmd, u64 addr, u64 end)
{
	pte_t *ptep = pte_offset_kernel(&pmd, addr);

	for (; addr < end; ptep++, addr += PAGE_SIZE) {
		pte_t pte = ptep_get(ptep);

		if (pte_none(pte))
			continue;
		if (!(pte_present(pte) ? walk_present_pte(w, pte, addr) :
					 walk_softleaf(w, pte, addr)))
			return false;
	}
	w->batch -= PTRS_PER_PTE;
	return true;
}

static bool walk_pmd_leaf(struct walker *w, pmd_t pmd, u64 addr)
{
	u32 bits = entry_of_pmd(pmd);

	if (!(bits & MMAPDEMO_ENTRY_PRESENT))
		return walk_visit(w, LEVEL_PMD, addr, bits, 0, 0);
	/*
	 * If a huge page in an anonymous VMA is not anonymous, it is the huge
	 * zero page.
	 */
	if (vma_is_anonymous(w->vma) && !(bits & MMAPDEMO_ENTRY_ANON))
		bits |= MMAPDEMO_ENTRY_ZERO;
	bits |= walk_leaf_bits(w, pmd_flags(pmd), _PAGE_PAT_LARGE);
	return walk_visit(w, LEVEL_PMD, addr, bits, pmd_pfn(pmd), 0);
}

/* Walk one PMD entry, and the table to which it points. */
static bool walk_pmd(struct walker *w, pmd_t *pmdp, u64 addr, u64 end)
{
	bool more = true;
	pmd_t pmd;

	rcu_read_lock();
	pmd = READ_ONCE(*pmdp);
	if (pmd_none(pmd))
		w->batch--;
	else if (!pmd_present(pmd) || pmd_leaf(pmd))
		more = walk_pmd_leaf(w, pmd, addr);
	else
		more = walk_table(w, LEVEL_PMD, addr, pmd_val(pmd)) &&
		       walk_ptes(w, pmd, addr, end);
	rcu_read_unlock();
	return more;
}

/*
 * Walk PMD entries. The PMD is the only level at which the end of a batch stops
 * the walk.
 */
static bool walk_pmds(struct walker *w, pud_t *pudp, pud_t pud, u64 addr,
		      u64 end)
{
	pmd_t *pmdp = pmd_offset_lockless(pudp, pud, addr);
	u64 next;

	for (; addr < end; pmdp++, addr = next) {
		next = pmd_addr_end(addr, end);
		if (!walk_pmd(w, pmdp, addr, next))
			return false;
		w->at = next;
		if (w->batch <= 0)
			return false;
	}
	return true;
}

static bool walk_pud_leaf(struct walker *w, pud_t pud, u64 addr)
{
	u32 bits = entry_of_pud(pud);

	if (!(bits & MMAPDEMO_ENTRY_PRESENT))
		return walk_visit(w, LEVEL_PUD, addr, bits, 0, 0);
	bits |= walk_leaf_bits(w, pud_val(pud), _PAGE_PAT_LARGE);
	return walk_visit(w, LEVEL_PUD, addr, bits, pud_pfn(pud), 0);
}

static bool walk_puds(struct walker *w, p4d_t *p4dp, p4d_t p4d, u64 addr,
		      u64 end)
{
	pud_t *pudp = pud_offset_lockless(p4dp, p4d, addr);
	u64 next;

	for (; addr < end; pudp++, addr = next) {
		pud_t pud = READ_ONCE(*pudp);

		next = pud_addr_end(addr, end);
		w->batch--;
		if (pud_none(pud))
			continue;
		if (!pud_present(pud) || pud_leaf(pud)) {
			if (!walk_pud_leaf(w, pud, addr))
				return false;
		} else if (!walk_table(w, LEVEL_PUD, addr, pud_val(pud)) ||
			   !walk_pmds(w, pudp, pud, addr, next)) {
			return false;
		}
	}
	return true;
}

/*
 * With four levels, the P4D is folded into the PGD, and is recorded as a PGD
 * entry.
 */
static bool walk_p4ds(struct walker *w, pgd_t *pgdp, pgd_t pgd, u64 addr,
		      u64 end)
{
	enum table_level level = mm_p4d_folded(w->mm) ? LEVEL_PGD : LEVEL_P4D;
	p4d_t *p4dp = p4d_offset_lockless(pgdp, pgd, addr);
	u64 next;

	for (; addr < end; p4dp++, addr = next) {
		p4d_t p4d = READ_ONCE(*p4dp);

		next = p4d_addr_end(addr, end);
		w->batch--;
		if (p4d_none(p4d))
			continue;
		if (!walk_table(w, level, addr, p4d_val(p4d)) ||
		    !walk_puds(w, p4dp, p4d, addr, next))
			return false;
	}
	return true;
}

static bool walk_pgds(struct walker *w, u64 addr, u64 end)
{
	pgd_t *pgdp = pgd_offset(w->mm, addr);
	u64 next;

	for (; addr < end; pgdp++, addr = next) {
		pgd_t pgd = READ_ONCE(*pgdp);

		next = pgd_addr_end(addr, end);
		if (pgd_none(pgd))
			continue;
		if (!mm_p4d_folded(w->mm) &&
		    !walk_table(w, LEVEL_PGD, addr, pgd_val(pgd)))
			return false;
		if (!walk_p4ds(w, pgdp, pgd, addr, next))
			return false;
	}
	return true;
}

/* Walk the part of a VMA that lies in the range. */
static bool walk_vma(struct walker *w, struct vm_area_struct *vma)
{
	struct address_space *shared = NULL;
	u64 start = max_t(u64, w->at, vma->vm_start);
	u64 end = min_t(u64, w->end, vma->vm_end);
	bool more;

	w->vma = vma;
	if (is_vm_hugetlb_page(vma)) {
		shared = vma->vm_file->f_mapping;
		i_mmap_lock_read(shared);
	}
	more = walk_pgds(w, start, end);
	if (shared)
		i_mmap_unlock_read(shared);
	if (more)
		w->at = end;
	return more;
}

/*
 * Walk VMA by VMA until the end of the batch or of the range, or until there is
 * no room for another run.
 */
static bool walk_vmas(struct walker *w)
{
	struct vm_area_struct *vma;

	mmap_assert_locked(w->mm);

	for (w->batch = BATCH; w->batch > 0; w->batch--) {
		vma = find_vma(w->mm, w->at);
		if (!vma || vma->vm_start >= w->end) {
			w->at = w->end;
			return false;
		}
		/*
		 * If the walk stopped only because the batch is over, continue
		 * with the next batch.
		 */
		if (!walk_vma(w, vma) && w->batch > 0)
			return false;
		if (w->at >= w->end)
			return false;
	}
	return true;
}

/**
 * mmapdemo_walk_range - record the page table entries of a range of addresses
 * @mm: the address space, on which the caller holds a reference, for example by
 *	mmget()
 * @at: in: first address. Out: address at which the walk stopped, or @end if
 *	the walk is complete
 * @end: end of the range, exclusive
 * @runs: the runs to which the entries are added
 *
 * The walk stops early if @runs is full. The walk also stops early at the end
 * of a batch if a signal is pending. A run shows each entry as it was when the
 * walk read the entry. Other tasks may change entries that are already
 * recorded, even while the walk holds mmap_lock.
 *
 * Return: 0, or -EINTR if the task was killed while it waited for mmap_lock.
 */
int mmapdemo_walk_range(struct mm_struct *mm, u64 *at, u64 end,
			struct runs *runs)
{
	struct walker w = {
		.mm = mm,
		.runs = runs,
		.at = *at,
		.end = min_t(u64, end, TASK_SIZE_MAX),
		.memtypes = entry_memtypes(),
	};
	bool more;

	while (w.at < w.end) {
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		more = walk_vmas(&w);
		mmap_read_unlock(mm);
		if (!more || signal_pending(current))
			break;
		cond_resched();
	}
	*at = w.at >= w.end ? end : w.at;
	return 0;
}
