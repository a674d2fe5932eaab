/* SPDX-License-Identifier: GPL-2.0-only */
/* enum vm_fault_reason and enum fault_flag as of the newest kernel. */
#ifndef _MMAPDEMO_COMPAT_FAULT_H
#define _MMAPDEMO_COMPAT_FAULT_H

#include <linux/mm.h>
#include <linux/version.h>

/* Linux 6.0, commit d92725256b4f ("mm: avoid unnecessary page fault retires") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#define VM_FAULT_COMPLETED ((__force vm_fault_t)0x004000)
#endif

/* Linux 5.19, commit c89357e27f20 ("mm: support GUP-triggered unsharing") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 19, 0)
#define FAULT_FLAG_UNSHARE 0
#endif

/* Linux 6.4: faults are tried under the lock of the VMA first */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define FAULT_FLAG_VMA_LOCK 0
#endif

/*
 * Linux 6.6, commit 0790e1e2f8c9 ("mm: change folio_lock_or_retry to use
 * vm_fault directly"): before, those that wait under the VMA's lock do so.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline void release_fault_lock(struct vm_fault *vmf)
{
	mmap_read_unlock(vmf->vma->vm_mm);
}
#endif

/*
 * Linux 6.5, commit 1ea7ca1b0901 ("dax: enable dax fault handler to report
 * VM_FAULT_HWPOISON")
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static inline vm_fault_t fault_error(int error)
{
	return error == -EHWPOISON ? VM_FAULT_HWPOISON : vmf_error(error);
}

#define vmf_error(error) fault_error(error)
#endif

/* May it be called, and VM_FAULT_RETRY be returned? */
static inline bool fault_may_unlock(const struct vm_fault *vmf)
{
	return fault_flag_allow_retry_first(vmf->flags) &&
	       !(vmf->flags & FAULT_FLAG_RETRY_NOWAIT);
}

/*
 * Linux 5.12, commit f9ce0be71d1f ("mm: Cleanup faultaround and finish_fault()
 * codepaths"): .map_pages returns whether it mapped the page that was touched.
 * Before, it said so by vmf->pte. Ours maps nothing.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
#define MAP_PAGES_HOOKS(hook)						\
static void hook##_void(struct vm_fault *vmf, pgoff_t first, pgoff_t last) \
{									\
	hook(vmf, first, last);						\
}
#define MAP_PAGES_HOOK(hook)	.map_pages = hook##_void,
#else
#define MAP_PAGES_HOOKS(hook)
#define MAP_PAGES_HOOK(hook)	.map_pages = hook,
#endif

#endif /* _MMAPDEMO_COMPAT_FAULT_H */
