/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's VM_FAULT_* and FAULT_FLAG_* on older kernels. */
#ifndef _MMAPDEMO_COMPAT_FAULT_H
#define _MMAPDEMO_COMPAT_FAULT_H

#include "compat/features.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/userfaultfd_k.h>
#include <linux/version.h>

/*
 * VM_FAULT_COMPLETED exists since Linux 6.0, commit d92725256b4f ("mm: avoid
 * unnecessary page fault retires").
 */
#ifndef HAS_VM_FAULT_COMPLETED
#define VM_FAULT_COMPLETED ((__force vm_fault_t)0x004000)
#endif

/*
 * FAULT_FLAG_UNSHARE exists since Linux 5.19, commit c89357e27f20 ("mm: support
 * GUP-triggered unsharing").
 */
#ifndef HAS_FAULT_FLAG_UNSHARE
#define FAULT_FLAG_UNSHARE 0
#endif

/*
 * Since Linux 6.4, commit 0b6cc04f3db3 ("mm: introduce CONFIG_PER_VMA_LOCK"),
 * the kernel first tries to handle a fault under the per-VMA lock.
 */
#ifndef CONFIG_PER_VMA_LOCK
#define FAULT_FLAG_VMA_LOCK 0
#endif

/*
 * release_fault_lock() exists since Linux 6.6, commit 0790e1e2f8c9 ("mm: change
 * folio_lock_or_retry to use vm_fault directly"). Before this commit, .fault
 * was always called with mmap_lock held.
 */
#ifndef HAS_RELEASE_FAULT_LOCK
static inline void release_fault_lock(struct vm_fault *vmf)
{
	mmap_read_unlock(vmf->vma->vm_mm);
}
#endif

/*
 * Since Linux 6.5, commit 1ea7ca1b0901 ("dax: enable dax fault handler to report
 * VM_FAULT_HWPOISON"), vmf_error() translates -EHWPOISON to VM_FAULT_HWPOISON.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static inline vm_fault_t fault_error(int error)
{
	return error == -EHWPOISON ? VM_FAULT_HWPOISON : vmf_error(error);
}

#define vmf_error(error) fault_error(error)
#endif

/*
 * Return true if .fault may release the lock and return VM_FAULT_RETRY. In a
 * kernel thread that uses an mm, .fault must keep the lock. A .fault that
 * releases the lock must later call fput(). In a kernel thread, a worker
 * completes this fput(), perhaps before the thread has left the module.
 */
static inline bool fault_may_unlock(const struct vm_fault *vmf)
{
	return fault_flag_allow_retry_first(vmf->flags) &&
	       !(vmf->flags & FAULT_FLAG_RETRY_NOWAIT) &&
	       !(current->flags & PF_KTHREAD);
}

/*
 * Return true if .fault must not wait. Instead of waiting, .fault returns
 * VM_FAULT_RETRY with the lock still held [__folio_lock_or_retry()]. The caller
 * then retries the fault in a context that may wait.
 */
static inline bool fault_no_wait(const struct vm_fault *vmf)
{
	return fault_flag_allow_retry_first(vmf->flags) &&
	       vmf->flags & FAULT_FLAG_RETRY_NOWAIT;
}

/*
 * Linux 7.3 ("userfaultfd: add UFFDIO_REGISTER_MODE_RWP and UFFDIO_RWPROTECT
 * plumbing") added a mode in which userfaultfd handles every access to a page.
 */
#ifndef UFFDIO_REGISTER_MODE_RWP
static inline bool userfaultfd_rwp(struct vm_area_struct *vma)
{
	return false;
}
#endif

/*
 * Since Linux 5.12, commit f9ce0be71d1f ("mm: Cleanup faultaround and
 * finish_fault() codepaths"), .map_pages returns VM_FAULT_NOPAGE if it mapped
 * the touched page. Before this commit, .map_pages returned nothing, and set
 * vmf->pte.
 */
#define MAP_PAGES_IS_VOID						\
	__same_type(((struct vm_operations_struct *)NULL)->map_pages,	\
		    void (*)(struct vm_fault *, pgoff_t, pgoff_t))

/*
 * MAP_PAGES(hook) is the function for .map_pages. MAP_PAGES_HOOKS(hook) defines
 * the function that MAP_PAGES(hook) needs on older kernels. The older kernels
 * ignore the result of @hook, so @hook must map nothing, or call
 * map_pages_by().
 */
#define MAP_PAGES_HOOKS(hook)						\
static void hook##_void(struct vm_fault *vmf, pgoff_t first, pgoff_t last) \
{									\
	hook(vmf, first, last);						\
}

#define MAP_PAGES(hook)							\
	__builtin_choose_expr(MAP_PAGES_IS_VOID, hook##_void, hook)

static inline vm_fault_t map_pages_by(const struct vm_operations_struct *ops,
				      struct vm_fault *vmf, pgoff_t first,
				      pgoff_t last)
{
	return __builtin_choose_expr(MAP_PAGES_IS_VOID,
				     (ops->map_pages(vmf, first, last),
				      (vm_fault_t)0),
				     ops->map_pages(vmf, first, last));
}

#endif /* _MMAPDEMO_COMPAT_FAULT_H */
