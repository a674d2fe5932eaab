/* SPDX-License-Identifier: GPL-2.0-only */
/* The class of a fault, which depends only on what was observed. */
#ifndef _MMAPDEMO_CLASS_H
#define _MMAPDEMO_CLASS_H

#include "mmapdemo.h"
#include "trace/records.h"

/* Kinds of VMAs and of requests, for mmapdemo_class(). */
#define MMAPDEMO_KIND_ANON	0x01	/* anonymous: vma->vm_ops is NULL */
#define MMAPDEMO_KIND_SHARED	0x02	/* shared mapping: VM_SHARED */
#define MMAPDEMO_KIND_HUGETLB	0x04	/* hugetlbfs: VM_HUGETLB */
#define MMAPDEMO_KIND_UFFD	0x08	/* VMA registered with userfaultfd */
#define MMAPDEMO_KIND_UNSHARE	0x10	/* FAULT_FLAG_UNSHARE: the page is copied as for a write */
#define MMAPDEMO_KIND_NO_ACCESS	0x20	/* PROT_NONE mapping: !vma_is_accessible() */
#define MMAPDEMO_KIND_RWP	0x40	/* userfaultfd handles every access: VM_UFFD_RWP */

/*
 * VM_FAULT_*, which have the same values on every kernel. events.c asserts
 * these values.
 */
#define RET_OOM		0x0001
#define RET_SIGBUS	0x0002
#define RET_HWPOISON	0x0030
#define RET_SIGSEGV	0x0040
#define RET_ERRORS	(RET_OOM | RET_SIGBUS | RET_HWPOISON | RET_SIGSEGV)

/* Mirrors the choice between do_read_fault(), do_cow_fault() and do_shared_fault(). */
static inline u32 class_small_file(const struct fault_record *f, u32 kind)
{
	if (f->access != MMAPDEMO_ACCESS_WRITE)
		return MMAPDEMO_FAULT_READ;
	return kind & MMAPDEMO_KIND_SHARED ? MMAPDEMO_FAULT_SHARED :
					     MMAPDEMO_FAULT_COW;
}

/**
 * mmapdemo_class_early - return the class if it is known without a second walk
 * @f: the fault, in which the walk after the fault may be missing
 * @kind: MMAPDEMO_KIND_*
 *
 * If a PTE table existed before the fault, the fault can't map a huge page.
 *
 * Return: the class, which is correct if no other task changed the entry during
 * the fault; or MMAPDEMO_FAULT_UNKNOWN if the caller has to call
 * mmapdemo_class().
 */
static inline u32 mmapdemo_class_early(const struct fault_record *f, u32 kind)
{
	if (f->before.entry || !(f->before.levels & MMAPDEMO_LEVEL_PMD) ||
	    (f->ret & RET_ERRORS) ||
	    (kind & (MMAPDEMO_KIND_HUGETLB | MMAPDEMO_KIND_UFFD)))
		return MMAPDEMO_FAULT_UNKNOWN;
	if (!(kind & MMAPDEMO_KIND_ANON))
		return class_small_file(f, kind);
	return f->access == MMAPDEMO_ACCESS_WRITE ? MMAPDEMO_FAULT_ANON :
						    MMAPDEMO_FAULT_UNKNOWN;
}

u32 mmapdemo_class(const struct fault_record *f, u32 kind);

#endif /* _MMAPDEMO_CLASS_H */
