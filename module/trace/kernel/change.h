/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel functions that try to merge VMAs when mprotect(), madvise(),
 * mlock(), mbind() or userfaultfd changes a part of a mapping, or when mremap()
 * extends a mapping in place.
 *
 * CHANGE_PROBES(X) expands to X(name, symbol…) for each kernel function that
 * tries to merge VMAs when a part of a mapping changes. name_wants() takes a
 * snapshot of the current VMA, and sets the properties that the range will
 * have. change_mm() and similar functions read the other arguments, which are
 * at the same positions in all these kernel functions.
 */
#ifndef _MMAPDEMO_COMPAT_CHANGE_H
#define _MMAPDEMO_COMPAT_CHANGE_H

#include "compat/features.h"
#include "syscall.h"
#include "trace/verdict.h"

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/version.h>

/*
 * Before Linux 6.7, mprotect() and the other system calls use vma_merge(mm,
 * prev, start, end, vm_flags, anon_vma, file, pgoff, policy, uffd[, name]),
 * which returns NULL if nothing was merged. Functions that map a new range also
 * call vma_merge(). Since Linux 6.7, commit adb20b0c785a ("mm: make vma_merge()
 * and split_vma() internal"), no public header declares vma_merge().
 */
#ifdef HAS_VMA_MERGE

#define CHANGE_PROBES(X) \
	X(vma_merge, "vma_merge")

struct anon_vma_name;
struct vma_iterator;

#define VMA_MERGE_TAKES(...)						\
	__same_type(vma_merge, struct vm_area_struct *(__VA_ARGS__))
#define VMA_MERGE_ARGS							\
	struct mm_struct *, struct vm_area_struct *, unsigned long,	\
	unsigned long, unsigned long, struct anon_vma *, struct file *,	\
	pgoff_t, struct mempolicy *, struct vm_userfaultfd_ctx

/*
 * Since Linux 6.3, commit 9760ebffbf55 ("mm: switch vma_merge(), split_vma(),
 * and __split_vma to vma iterator"), an iterator is the first argument.
 */
#define CHANGE_ARG_MM							\
	VMA_MERGE_TAKES(struct vma_iterator *, VMA_MERGE_ARGS,		\
			struct anon_vma_name *)
static_assert(CHANGE_ARG_MM || VMA_MERGE_TAKES(VMA_MERGE_ARGS) ||
	      VMA_MERGE_TAKES(VMA_MERGE_ARGS, struct anon_vma_name *));

/*
 * Without CONFIG_USERFAULTFD, the structure uffd is empty, and does not count
 * as an argument.
 */
#define CHANGE_ARG_NAME	(CHANGE_ARG_MM + 9 + IS_ENABLED(CONFIG_USERFAULTFD))
#define CHANGE_ARGS	(CHANGE_ARG_NAME + 1)

static inline struct mm_struct *change_mm(const unsigned long *args)
{
	return (struct mm_struct *)args[CHANGE_ARG_MM];
}

/*
 * Return the argument prev, which is normally the last VMA that begins below
 * the range.
 */
static inline const struct vm_area_struct *
change_prev(const unsigned long *args)
{
	return (const struct vm_area_struct *)args[CHANGE_ARG_MM + 1];
}

static inline unsigned long change_start(const unsigned long *args)
{
	return args[CHANGE_ARG_MM + 2];
}

static inline unsigned long change_end(const unsigned long *args)
{
	return args[CHANGE_ARG_MM + 3];
}

static inline void vma_merge_wants(struct verdict_vma *want,
				   const unsigned long *args)
{
	want->flags = args[CHANGE_ARG_MM + 4];
	want->policy = args[CHANGE_ARG_MM + 8];
	if (IS_ENABLED(CONFIG_USERFAULTFD))
		want->uffd = args[CHANGE_ARG_MM + 9];
	if (IS_ENABLED(CONFIG_ANON_VMA_NAME))
		want->name = args[CHANGE_ARG_NAME];
}

/*
 * Since Linux 6.7, commit 94d7d9233951 ("mm: abstract the
 * vma_merge()/split_vma() pattern for mprotect() et al."), mprotect() and the
 * other system calls use vma_modify(vmi, prev, vma, start, end, …).
 * vma_modify() returns the VMA that contains the range after a merge or a
 * split, or an error. Since Linux 6.12, there is a separate function for each
 * kind of change. The first arguments of these functions are those of
 * vma_modify().
 */
#else

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define CHANGE_PROBES(X) \
	X(vma_modify, "vma_modify")

#define CHANGE_ARG_NAME	(7 + IS_ENABLED(CONFIG_USERFAULTFD))
#define CHANGE_ARGS	(CHANGE_ARG_NAME + 1)

static inline void vma_modify_wants(struct verdict_vma *want,
				    const unsigned long *args)
{
	want->flags = args[5];
	want->policy = args[6];
	if (IS_ENABLED(CONFIG_USERFAULTFD))
		want->uffd = args[7];
	if (IS_ENABLED(CONFIG_ANON_VMA_NAME))
		want->name = args[CHANGE_ARG_NAME];
}

#else
#define CHANGE_PROBES(X) \
	X(vma_modify_flags, "vma_modify_flags") \
	X(vma_modify_name, "vma_modify_name", "vma_modify_flags_name") \
	X(vma_modify_policy, "vma_modify_policy") \
	X(vma_modify_uffd, "vma_modify_flags_uffd")

#define CHANGE_ARGS	7

/*
 * Since Linux 7.2, args[5] is a pointer to the flags, because there may be more
 * than 64 flags.
 */
static inline void vma_modify_flags_wants(struct verdict_vma *want,
					  const unsigned long *args)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	want->flags = vma_flags_to_legacy(*(const vma_flags_t *)args[5]);
#else
	want->flags = args[5];
#endif
}

/* Before Linux 7.2, the argument with the flags precedes the name. */
static inline void vma_modify_name_wants(struct verdict_vma *want,
					 const unsigned long *args)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	want->name = args[5];
#else
	want->flags = args[5];
	want->name = args[6];
#endif
}

static inline void vma_modify_policy_wants(struct verdict_vma *want,
					   const unsigned long *args)
{
	want->policy = args[5];
}

static inline void vma_modify_uffd_wants(struct verdict_vma *want,
					 const unsigned long *args)
{
	vma_modify_flags_wants(want, args);
	want->uffd = args[6];
}
#endif

static inline struct mm_struct *change_mm(const unsigned long *args)
{
	return ((struct vm_area_struct *)args[2])->vm_mm;
}

static inline const struct vm_area_struct *
change_prev(const unsigned long *args)
{
	return (const struct vm_area_struct *)args[1];
}

static inline unsigned long change_start(const unsigned long *args)
{
	return args[3];
}

static inline unsigned long change_end(const unsigned long *args)
{
	return args[4];
}

#endif

/* ---- mremap() in place ---- */

/*
 * Since Linux 6.7, commit 93bf5d4aa272 ("mm: abstract VMA merge and extend into
 * vma_merge_extend() helper"), mremap() calls vma_merge_extend(vmi, vma,
 * delta), which returns the extended VMA or NULL. The same patch series made
 * vma_merge() internal.
 */
#ifndef HAS_VMA_MERGE

#define EXTEND_SYMBOLS	SYMBOLS("vma_merge_extend")
#define EXTEND_MERGES	1

static inline const struct vm_area_struct *
extend_vma(const unsigned long *args)
{
	return (const struct vm_area_struct *)args[1];
}

static inline unsigned long extend_length(const unsigned long *args)
{
	return args[2];
}

static inline bool extend_failed(unsigned long ret)
{
	return !ret;
}

#else

/*
 * __vma_adjust(vma, start, end, pgoff, insert, expand) moves the borders of
 * VMAs for many callers. mremap() is the only caller that moves only the end of
 * a VMA, and moves the end up. __vma_adjust() does not compare neighbours.
 */
#define EXTEND_SYMBOLS	SYMBOLS("__vma_adjust")
#define EXTEND_MERGES	0

static inline const struct vm_area_struct *
extend_vma(const unsigned long *args)
{
	const struct vm_area_struct *vma = (const void *)args[0];

	return args[1] == vma->vm_start && args[2] > vma->vm_end && !args[4] &&
	       !args[5] ? vma : NULL;
}

static inline unsigned long extend_length(const unsigned long *args)
{
	return args[2] - extend_vma(args)->vm_end;
}

static inline bool extend_failed(unsigned long ret)
{
	return (int)ret;
}

#endif

/*
 * Return true if vma_merge() was called for the range that mremap() adds.
 * mremap() calls vma_merge() since Linux 6.0, commit ca3d76b0aa80 ("mm: add
 * merging after mremap resize"), except for a VMA with .close. The added range
 * begins at the end of the old range, and its length is the new length minus
 * the old length. If mremap() moves a mapping instead, the new range never has
 * both this start and this length.
 */
static inline bool change_extends(const unsigned long *args)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0) && defined(HAS_VMA_MERGE)
	unsigned long call[6];

	return syscall_in_mremap(call) && call[1] &&
	       change_start(args) == call[0] + PAGE_ALIGN(call[1]) &&
	       change_end(args) == call[0] + PAGE_ALIGN(call[2]);
#else
	return false;
#endif
}

#endif /* _MMAPDEMO_COMPAT_CHANGE_H */
