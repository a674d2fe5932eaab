// SPDX-License-Identifier: GPL-2.0-only
/*
 * Facts about faults that may map huge pages: the first touches of aligned blocks of
 * 2 MiB. The reason is found in huge_reason.c.
 *
 * The kernel counts each huge page that it could not allocate, separately for each CPU.
 * So if a task runs on the same CPU before and after a fault, the difference shows whether
 * the fault wanted a huge page. Another task that runs in between can change the counters,
 * too, which is rare.
 */
#include "common.h"
#include "compat/folio.h"
#include "mmapdemo.h"
#include "trace/huge_fault.h"
#include "trace/huge_reason.h"
#include "trace/kernel/huge.h"

#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb_inline.h>
#include <linux/magic.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>

/* huge_rules.c contains these numbers as literals. */
static_assert((VM_READ | VM_WRITE | VM_EXEC | VM_MAYSHARE) == 0x87);
static_assert((VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_MIXEDMAP) == 0x10044400);
static_assert((VM_HUGEPAGE | VM_NOHUGEPAGE | VM_NORESERVE) == 0x60200000);
#ifdef CONFIG_USERFAULTFD
static_assert(VM_UFFD_MISSING == 0x200);
#endif

static bool is_shmem(const struct file *file)
{
	return file->f_mapping->host->i_sb->s_magic == TMPFS_MAGIC;
}

static u8 kind_of(struct vm_area_struct *vma)
{
	if (is_vm_hugetlb_page(vma))
		return HUGE_KIND_POOL;
	if (vma_is_anonymous(vma))
		return HUGE_KIND_ANON;
	if (!vma->vm_file || !S_ISREG(vma->vm_file->f_mapping->host->i_mode))
		return HUGE_KIND_DRIVER;
	return is_shmem(vma->vm_file) ? HUGE_KIND_TMPFS : HUGE_KIND_FILE;
}

static void read_counters(struct huge_mark *mark)
{
#if defined(CONFIG_VM_EVENT_COUNTERS) && defined(CONFIG_TRANSPARENT_HUGEPAGE)
	const struct vm_event_state *state = raw_cpu_ptr(&vm_event_states);

	mark->memory = READ_ONCE(state->event[THP_FAULT_FALLBACK]) +
		       READ_ONCE(state->event[THP_FILE_FALLBACK]);
	mark->cgroup = READ_ONCE(state->event[THP_FAULT_FALLBACK_CHARGE]) +
		       READ_ONCE(state->event[THP_FILE_FALLBACK_CHARGE]);
#else
	mark->memory = 0;
	mark->cgroup = 0;
#endif
	mark->cpu = raw_smp_processor_id();
}

/* Return true if the page cache has a page of the 2 MiB in the file. */
static bool is_cached(struct vm_area_struct *vma, u64 address)
{
	unsigned long first = vma->vm_pgoff +
			      ((address - vma->vm_start) >> PAGE_SHIFT);

	first = round_down(first, HUGE_PAGES);
	return xa_find(&vma->vm_file->f_mapping->i_pages, &first,
		       first + HUGE_PAGES - 1, XA_PRESENT);
}

/**
 * mmapdemo_huge_begin - read what a fault may change
 * @mark: filled in
 * @vma: the VMA of the fault
 * @address: the touched address
 * @again: the attempt is a retry, and the caller has restored @mark->past
 *
 * The caller has disabled preemption, and holds the lock of the fault. The caller has
 * set @mark->table.
 */
void mmapdemo_huge_begin(struct huge_mark *mark, struct vm_area_struct *vma,
			 u64 address, bool again)
{
	mark->kind = kind_of(vma);
	mark->stack = vma_is_temporary_stack(vma);
	if (!again) {
		mark->past.cached = mark->kind == HUGE_KIND_TMPFS &&
				    is_cached(vma, address);
		mark->past.fallback = HUGE_FALLBACK_NONE;
	}
	read_counters(mark);
}

/* Return enum huge_fallback of this attempt. */
static u8 fallback_now(const struct huge_mark *mark)
{
	struct huge_mark now;

	read_counters(&now);
	if (now.cpu != mark->cpu)
		return HUGE_FALLBACK_UNKNOWN;
	if (now.cgroup != mark->cgroup)
		return HUGE_FALLBACK_CGROUP;
	return now.memory != mark->memory ? HUGE_FALLBACK_MEMORY :
					    HUGE_FALLBACK_NONE;
}

/* The most certain value of all attempts is the largest. */
static u8 fallback_of(const struct huge_mark *mark)
{
	return max(mark->past.fallback, fallback_now(mark));
}

/**
 * mmapdemo_huge_retry - return what the attempts found, before the fault is retried
 * @mark: filled in by mmapdemo_huge_begin()
 *
 * On older kernels, the first attempt of a store to shmem allocates the page, and the
 * second attempt finds this page.
 */
struct huge_past mmapdemo_huge_retry(const struct huge_mark *mark)
{
	return (struct huge_past) {
		.fallback = fallback_of(mark),
		.cached = mark->past.cached,
	};
}

/*
 * Return the number of pages of the folio that the entry maps, or 0 if the page has no
 * struct page or is a zero page. No reference is held, so the folio may be split in
 * between. Then the number is that of before or after the split.
 */
static u16 folio_of(const struct walk *walk)
{
	struct page *page;

	if (!(walk->entry & MMAPDEMO_ENTRY_PRESENT) ||
	    walk->entry & (MMAPDEMO_ENTRY_SPECIAL | MMAPDEMO_ENTRY_ZERO) ||
	    !pfn_valid(walk->pfn))
		return 0;
	page = pfn_to_page(walk->pfn);
	return min_t(unsigned long, folio_nr_pages(page_folio(page)), HUGE_PAGES);
}

static enum huge_fact fact(bool yes)
{
	return yes ? HUGE_FACT_YES : HUGE_FACT_NO;
}

static void facts_of(struct huge_facts *facts, const struct fault_record *r,
		     const struct huge_mark *mark, const struct mm_struct *mm)
{
	*facts = (struct huge_facts) {
		.address = r->address & PMD_MASK,
		.start = r->vma.start,
		.end = r->vma.end,
		.offset = r->vma_pgoff << PAGE_SHIFT,
		.flags = r->vma_flags,
		.kind = mark->kind,
		.entry = mark->table ? HUGE_ENTRY_TABLE : HUGE_ENTRY_NONE,
		.touch = r->access == MMAPDEMO_ACCESS_WRITE ? HUGE_TOUCH_WRITE :
							      HUGE_TOUCH_READ,
		.allowed = fact(!huge_forbidden(mm)),
		.advised_only = fact(huge_advised_only(mm)),
		.uncached = !mark->past.cached,
		.stack = mark->stack,
		.settings.supported = IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) &&
				      has_transparent_hugepage(),
	};
}

/**
 * mmapdemo_huge_end - fill in the members @huge and @folio of a fault
 * @r: the fault, whose members @before and @after are complete
 * @mark: filled in by mmapdemo_huge_begin()
 * @mm: the address space of the fault
 *
 * The first attempt found no page table. The caller has disabled preemption.
 */
void mmapdemo_huge_end(struct fault_record *r, const struct huge_mark *mark,
		       const struct mm_struct *mm)
{
	struct huge_facts facts;
	struct huge_result result = {
		.before = r->before.entry,
		.after = r->after.entry,
		.folio = folio_of(&r->after),
		.fallback = fallback_of(mark),
	};

	facts_of(&facts, r, mark, mm);
	r->folio = result.folio;
	r->huge = mmapdemo_huge_reason(HUGE_RULES, &facts, &result);
}
