/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's .huge_fault and vmf_insert_pfn_pmd() on older kernels. */
#ifndef _MMAPDEMO_COMPAT_HUGE_H
#define _MMAPDEMO_COMPAT_HUGE_H

#include "compat/features.h"

#include <linux/mm.h>

/* The value of PMD_ORDER, which exists since Linux 6.7. */
#define HUGE_ORDER (PMD_SHIFT - PAGE_SHIFT)

/*
 * Since Linux 6.6, commit 1d024e7a8dab ("mm: remove enum page_entry_size"),
 * .huge_fault takes an order instead of an enum page_entry_size.
 */
#ifdef HAS_PAGE_ENTRY_SIZE
#define HUGE_FAULT_HOOKS(hook)						\
static vm_fault_t hook##_size(struct vm_fault *vmf,			\
			      enum page_entry_size size)		\
{									\
	return hook(vmf, size == PE_SIZE_PMD ? HUGE_ORDER : 0);		\
}
#define HUGE_FAULT_HOOK(hook)	.huge_fault = hook##_size,
#else
#define HUGE_FAULT_HOOKS(hook)
#define HUGE_FAULT_HOOK(hook)	.huge_fault = hook,
#endif

/*
 * Without CONFIG_TRANSPARENT_HUGEPAGE, mm/huge_memory.c is not built, and the
 * kernel never calls .huge_fault for a PMD. On such a kernel, .fault maps
 * single pages.
 */
#ifndef CONFIG_TRANSPARENT_HUGEPAGE
#define vmf_insert_pfn_pmd(vmf, pfn, write)	((vm_fault_t)VM_FAULT_FALLBACK)

/*
 * Since Linux 6.17, commit 21aa65bf82a7 ("mm: remove callers of pfn_t
 * functionality"), vmf_insert_pfn_pmd() takes the frame number as an unsigned
 * long.
 */
#elif defined(HAS_PFN_T)
#include <linux/pfn_t.h>

#define vmf_insert_pfn_pmd(vmf, pfn, write)	\
	vmf_insert_pfn_pmd(vmf, pfn_to_pfn_t(pfn), write)
#endif

#endif /* _MMAPDEMO_COMPAT_HUGE_H */
