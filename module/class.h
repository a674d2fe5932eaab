/* SPDX-License-Identifier: GPL-2.0-only */
/* Which way a fault took: a pure function of what was observed. */
#ifndef _MMAPDEMO_CLASS_H
#define _MMAPDEMO_CLASS_H

#include "records.h"

/* What kind of VMA and request it was, for mmapdemo_class() */
#define MMAPDEMO_KIND_ANON	0x01	/* vma->vm_ops is NULL */
#define MMAPDEMO_KIND_SHARED	0x02	/* VM_SHARED */
#define MMAPDEMO_KIND_HUGETLB	0x04	/* VM_HUGETLB */
#define MMAPDEMO_KIND_UFFD	0x08	/* registered with userfaultfd */
#define MMAPDEMO_KIND_UNSHARE	0x10	/* FAULT_FLAG_UNSHARE: copies like a write */

u32 mmapdemo_class_early(const struct fault_record *fault, u32 kind);
u32 mmapdemo_class(const struct fault_record *fault, u32 kind);

#endif /* _MMAPDEMO_CLASS_H */
