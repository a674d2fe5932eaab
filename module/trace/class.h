/* SPDX-License-Identifier: GPL-2.0-only */
/* Class of a fault: a pure function of what was observed. */
#ifndef _MMAPDEMO_CLASS_H
#define _MMAPDEMO_CLASS_H

#include "mmapdemo.h"
#include "trace/records.h"

/* Kind of VMA and request, for mmapdemo_class() */
#define MMAPDEMO_KIND_ANON	0x01	/* vma->vm_ops is NULL */
#define MMAPDEMO_KIND_SHARED	0x02	/* VM_SHARED */
#define MMAPDEMO_KIND_HUGETLB	0x04	/* VM_HUGETLB */
#define MMAPDEMO_KIND_UFFD	0x08	/* registered with userfaultfd */
#define MMAPDEMO_KIND_UNSHARE	0x10	/* FAULT_FLAG_UNSHARE: copies like a write */
#define MMAPDEMO_KIND_NO_ACCESS	0x20	/* PROT_NONE: !vma_is_accessible() */

/* VM_FAULT_*, with the same values on every kernel; events.c asserts this. */
#define RET_OOM		0x0001
#define RET_SIGBUS	0x0002
#define RET_HWPOISON	0x0030
#define RET_SIGSEGV	0x0040
#define RET_ERRORS	(RET_OOM | RET_SIGBUS | RET_HWPOISON | RET_SIGSEGV)

/* do_read_fault(), do_cow_fault(), do_shared_fault() */
static inline u32 class_small_file(const struct fault_record *f, u32 kind)
{
	if (f->access != MMAPDEMO_ACCESS_WRITE)
		return MMAPDEMO_FAULT_READ;
	return kind & MMAPDEMO_KIND_SHARED ? MMAPDEMO_FAULT_SHARED :
					     MMAPDEMO_FAULT_COW;
}

/**
 * mmapdemo_class_early - return the class, if the entry before the fault determines
 * it
 * @f: the fault; the walk after the fault is not used
 * @kind: MMAPDEMO_KIND_*
 *
 * If a PTE table existed before the fault, the fault can't map a huge page.
 *
 * Return: the result of mmapdemo_class() if no other task changed the entry
 * meanwhile, or MMAPDEMO_FAULT_UNKNOWN when mmapdemo_class() must be called.
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
