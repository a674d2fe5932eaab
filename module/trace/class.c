// SPDX-License-Identifier: GPL-2.0-only
/*
 * The class of a fault, which is the fault's path through handle_mm_fault().
 *
 * The kernel chooses the path first by the page table entry (none, swapped out,
 * NUMA hint, or present but not writable), and then by the kind of VMA and the
 * kind of access. This file makes the same choice from the entry before the
 * fault. The entry after the fault shows which page is now mapped. So there is
 * no need to probe the functions on the path, most of which are inlined. The
 * functions in this file mirror handle_pte_fault(), do_fault(),
 * do_anonymous_page() and do_wp_page() of mm/memory.c in Linux 5.10 to 7.3.
 *
 * This file uses types of the kernel, but no functions of the kernel, so that a
 * test can build it.
 */
#include "mmapdemo.h"
#include "trace/class.h"

static bool wants_write(const struct fault_record *f, u32 kind)
{
	return f->access == MMAPDEMO_ACCESS_WRITE ||
	       (kind & MMAPDEMO_KIND_UNSHARE);
}

/* Mirrors do_anonymous_page() and do_huge_pmd_anonymous_page(). */
static u32 class_anon(const struct fault_record *f)
{
	u32 after = f->after.entry;

	if (!(after & MMAPDEMO_ENTRY_PRESENT))
		return MMAPDEMO_FAULT_UNKNOWN;
	if (after & MMAPDEMO_ENTRY_HUGE)
		return after & MMAPDEMO_ENTRY_ANON ? MMAPDEMO_FAULT_HUGE_ANON :
						     MMAPDEMO_FAULT_HUGE_ZERO;
	return after & MMAPDEMO_ENTRY_ZERO ? MMAPDEMO_FAULT_ANON_ZERO :
					     MMAPDEMO_FAULT_ANON;
}

/* Mirrors .huge_fault and do_set_pmd(). */
static u32 class_file(const struct fault_record *f, u32 kind)
{
	return f->after.entry & MMAPDEMO_ENTRY_HUGE ? MMAPDEMO_FAULT_HUGE_FILE :
						      class_small_file(f, kind);
}

/*
 * The kernel retries a fault that waited for userfaultfd. The last attempt
 * finds the page.
 */
static u32 class_none(const struct fault_record *f, u32 kind)
{
	if ((kind & MMAPDEMO_KIND_UFFD) && f->changed)
		return MMAPDEMO_FAULT_UFFD;
	return kind & MMAPDEMO_KIND_ANON ? class_anon(f) : class_file(f, kind);
}

/*
 * Mirrors do_swap_page(), for every kind of entry that do_swap_page() handles.
 */
static u32 class_not_present(u32 before)
{
	if (before & MMAPDEMO_ENTRY_SWAP)
		return MMAPDEMO_FAULT_SWAP;
	if (before & MMAPDEMO_ENTRY_MARKER)
		return MMAPDEMO_FAULT_MARKER;
	return MMAPDEMO_FAULT_MIGRATION;
}

/* Mirrors do_wp_page() and do_huge_pmd_wp_page(). */
static u32 class_wp(const struct fault_record *f, u32 kind)
{
	u32 before = f->before.entry;

	if (before & f->changed & MMAPDEMO_ENTRY_UFFD_WP)
		return MMAPDEMO_FAULT_UFFD;
	if (before & MMAPDEMO_ENTRY_HUGE)
		return f->after.entry & MMAPDEMO_ENTRY_HUGE ?
			       MMAPDEMO_FAULT_HUGE_WP :
			       MMAPDEMO_FAULT_HUGE_SPLIT;
	if (kind & MMAPDEMO_KIND_SHARED)
		return MMAPDEMO_FAULT_WP_SHARED;
	if (!(f->after.entry & MMAPDEMO_ENTRY_PRESENT))
		return MMAPDEMO_FAULT_UNKNOWN;
	return f->after.pfn == f->before.pfn ? MMAPDEMO_FAULT_WP_REUSE :
					       MMAPDEMO_FAULT_WP_COPY;
}

/*
 * Mirrors do_uffd_rwp(), do_numa_page(), and the functions for huge pages. In the
 * mode RWP of userfaultfd, a protected page has the bit uffd-wp, and a NUMA hint
 * does not have this bit. In other modes, a NUMA hint may have this bit.
 */
static u32 class_protnone(u32 before, u32 kind)
{
	if (before & MMAPDEMO_ENTRY_UFFD_WP && kind & MMAPDEMO_KIND_RWP)
		return MMAPDEMO_FAULT_UFFD;
	return before & MMAPDEMO_ENTRY_HUGE ? MMAPDEMO_FAULT_HUGE_NUMA :
					      MMAPDEMO_FAULT_NUMA;
}

static u32 class_error(u32 ret)
{
	if (ret & RET_OOM)
		return MMAPDEMO_FAULT_OOM;
	if (ret & RET_HWPOISON)
		return MMAPDEMO_FAULT_HWPOISON;
	return ret & RET_SIGSEGV ? MMAPDEMO_FAULT_SIGSEGV :
				   MMAPDEMO_FAULT_SIGBUS;
}

/**
 * mmapdemo_class - return the class of a fault
 * @f: the fault, complete except for the class
 * @kind: MMAPDEMO_KIND_*
 *
 * Return: enum mmapdemo_fault_class. The class is MMAPDEMO_FAULT_UNKNOWN if
 * another task changed the entry during the fault, so that the entries before
 * and after the fault contradict each other.
 */
u32 mmapdemo_class(const struct fault_record *f, u32 kind)
{
	u32 before = f->before.entry;

	if (f->ret & RET_ERRORS)
		return class_error(f->ret);
	if (kind & MMAPDEMO_KIND_HUGETLB)
		return MMAPDEMO_FAULT_HUGETLB;
	if (!before)
		return class_none(f, kind);
	if (!(before & MMAPDEMO_ENTRY_PRESENT))
		return class_not_present(before);
	/*
	 * A debugger may write to PROT_NONE memory. The page table entry of
	 * such memory looks like a NUMA hint.
	 */
	if (before & MMAPDEMO_ENTRY_PROTNONE &&
	    !(kind & MMAPDEMO_KIND_NO_ACCESS))
		return class_protnone(before, kind);
	if (wants_write(f, kind) && !(before & MMAPDEMO_ENTRY_WRITE))
		return class_wp(f, kind);
	return MMAPDEMO_FAULT_SPURIOUS;
}
