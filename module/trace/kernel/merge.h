/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules by which this kernel merges VMAs: the tests, the flags, and where
 * the kernel stores the values that it compares.
 */
#ifndef _MMAPDEMO_COMPAT_MERGE_H
#define _MMAPDEMO_COMPAT_MERGE_H

#include "compat/features.h"
#include "syscall.h"
#include "trace/verdict.h"

#include <linux/fs.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>
#include <linux/userfaultfd_k.h>
#include <linux/version.h>

/*
 * The rules were read from the sources of five kernel series. Between these
 * series, the rules changed more than once. On the kernels in between,
 * MERGE_RULES is NULL, and every reason is "unknown".
 *
 * MERGE_RULES	the tests of the kernel, and their order
 * MERGE_LATE	flags, besides VM_SOFTDIRTY, that mmap_region() and
 *		do_brk_flags() add only after they tried to merge: before
 *		Linux 7.2, VM_MERGEABLE of prctl(PR_SET_MEMORY_MERGE)
 * MERGE_RETRIES true if mmap_region() tries to merge a second time when .mmap has
 *		changed the flags and there is a VMA below the range
 * MERGE_RETRIES_FILE true if the second attempt compares the file that .mmap set
 * MERGE_SELF	how the kernel prevents mremap(MREMAP_DONTUNMAP) of untouched
 *		memory from merging the new mapping with the old mapping: not at
 *		all (ALLOWED), by not trying to merge the side of the old
 *		mapping (SIDE), or by not trying to merge either side (BOTH)
 */
#define MERGE_SELF_ALLOWED	0
#define MERGE_SELF_SIDE		1
#define MERGE_SELF_BOTH		2

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define MERGE_RULES		(&mmapdemo_verdict_7_3)
#else
#define MERGE_RULES		(&mmapdemo_verdict_7_2)
#endif
#define MERGE_LATE		0
#define MERGE_RETRIES		0
#define MERGE_RETRIES_FILE	0
#define MERGE_SELF		MERGE_SELF_SIDE
#else
#define MERGE_LATE		VM_MERGEABLE
#define MERGE_RETRIES		1
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define MERGE_RULES		((const struct verdict_rules *)NULL)
#define MERGE_RETRIES_FILE	0
#define MERGE_SELF		MERGE_SELF_SIDE
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define MERGE_RULES		(&mmapdemo_verdict_6_12)
#define MERGE_RETRIES_FILE	0
#define MERGE_SELF		MERGE_SELF_SIDE
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define MERGE_RULES		((const struct verdict_rules *)NULL)
#define MERGE_RETRIES_FILE	1
#define MERGE_SELF		MERGE_SELF_BOTH
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define MERGE_RULES		(&mmapdemo_verdict_6_1)
#define MERGE_RETRIES_FILE	1
#define MERGE_SELF		MERGE_SELF_BOTH
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define MERGE_RULES		((const struct verdict_rules *)NULL)
#define MERGE_RETRIES_FILE	1
#define MERGE_SELF		MERGE_SELF_ALLOWED
#else
#define MERGE_RULES		(&mmapdemo_verdict_5_10)
#define MERGE_RETRIES_FILE	1
#define MERGE_SELF		MERGE_SELF_ALLOWED
#endif
#endif

/*
 * Return the flags that mmap_region() adds before it tries to merge. If a file
 * is mapped, every kernel adds VM_MERGEABLE only after the attempt, because
 * .mmap can change whether the VMA gets this flag.
 */
static inline u64 merge_added(const struct file *file)
{
	return VM_ACCOUNT | (file || MERGE_LATE ? 0 : VM_MERGEABLE);
}

/*
 * Return true if the driver is called before a merge is tried. The result
 * matters only since Linux 7.2, because on earlier kernels with .mmap_prepare,
 * MERGE_RULES is NULL.
 */
static inline bool merge_prepares(const struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	return file && file->f_op->mmap_prepare;
#else
	return false;
#endif
}

/*
 * Since Linux 6.1, commit 2e7ce7d354f2 ("mm/mmap: change do_brk_flags() to
 * expand existing VMA"), do_brk_flags() gets the VMA to extend as an argument,
 * and compares no other VMA. Before this commit, do_brk_flags() compared both
 * neighbours. The same patch series added mm_struct.mm_mt.
 */
#ifdef HAS_MM_MT
#define MERGE_BRK_NEXT	0
#else
#define MERGE_BRK_NEXT	1
#endif

static inline bool merge_brk_tries(const unsigned long *args,
				   const struct vm_area_struct *vma)
{
	return MERGE_BRK_NEXT || vma == (const void *)args[1];
}

/*
 * Return true if mremap() keeps the old mapping, on a kernel that does not
 * merge the new mapping with the old mapping. The function reads the arguments
 * of the system call, because on some kernels, no argument of copy_vma() shows
 * whether the old mapping is kept.
 */
static inline bool merge_keeps(void)
{
	unsigned long call[6];

	return MERGE_SELF != MERGE_SELF_ALLOWED && syscall_in_mremap(call) &&
	       call[3] & MREMAP_DONTUNMAP;
}

/*
 * Return true if mremap() tries to merge the VMA at its new place. Since Linux 7.3,
 * mremap() does not try to merge a VMA that loses its userfaultfd by the move.
 */
static inline bool merge_tries_copy(struct vm_area_struct *vma)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	return !vma_has_uffd_without_event_remap(vma);
#else
	return true;
#endif
}

/* ---- the values that are compared ---- */

/*
 * Linux 7.3 ("mm: propagate VMA anonymous page offset on map, remap, split + merge")
 * added the offset of a VMA's anonymous pages. Before 7.3, merges do not compare
 * this offset.
 */
static inline u64 merge_anon_pgoff(const struct vm_area_struct *vma)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	return vma_start_anon_pgoff(vma);
#else
	return vma->vm_pgoff;
#endif
}

static inline unsigned long merge_policy(const struct vm_area_struct *vma)
{
#ifdef CONFIG_NUMA
	return (unsigned long)vma->vm_policy;
#else
	return 0;
#endif
}

/* On kernels without MPOL_USER_NODEMASK_FLAGS, mpol_equal() tests all MPOL_MODE_FLAGS. */
#ifndef MPOL_USER_NODEMASK_FLAGS
#define MPOL_USER_NODEMASK_FLAGS MPOL_MODE_FLAGS
#endif

/* Mirrors mpol_equal(), which is not exported. */
static inline bool merge_policies_equal(unsigned long one, unsigned long other)
{
#ifdef CONFIG_NUMA
	const struct mempolicy *a = (const void *)one;
	const struct mempolicy *b = (const void *)other;

	if (a == b)
		return true;
	if (!a || !b || a->mode != b->mode || a->flags != b->flags)
		return false;
/* Linux 5.17 added set_mempolicy_home_node(2). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	if (a->home_node != b->home_node)
		return false;
#endif
	if (a->flags & MPOL_USER_NODEMASK_FLAGS &&
	    !nodes_equal(a->w.user_nodemask, b->w.user_nodemask))
		return false;
/* Since Linux 5.14, all modes use one set of nodes. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return a->mode == MPOL_LOCAL || nodes_equal(a->nodes, b->nodes);
#else
	if (a->mode == MPOL_PREFERRED)
		return a->flags & MPOL_F_LOCAL ||
		       a->v.preferred_node == b->v.preferred_node;
	return nodes_equal(a->v.nodes, b->v.nodes);
#endif
#else
	return true;
#endif
}

static inline unsigned long merge_uffd(const struct vm_area_struct *vma)
{
#ifdef CONFIG_USERFAULTFD
	return (unsigned long)vma->vm_userfaultfd_ctx.ctx;
#else
	return 0;
#endif
}

/*
 * Mirrors anon_vma_name(), which is not exported. Shared memory can have a name
 * since Linux 6.2.
 */
static inline unsigned long merge_name(const struct vm_area_struct *vma)
{
#ifdef CONFIG_ANON_VMA_NAME
	if (LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0) && vma->vm_file)
		return 0;
	return (unsigned long)vma->anon_name;
#else
	return 0;
#endif
}

static inline bool merge_names_equal(unsigned long one, unsigned long other)
{
#ifdef CONFIG_ANON_VMA_NAME
	const struct anon_vma_name *a = (const void *)one;
	const struct anon_vma_name *b = (const void *)other;

	return a == b || (a && b && !strcmp(a->name, b->name));
#else
	return true;
#endif
}

#endif /* _MMAPDEMO_COMPAT_MERGE_H */
