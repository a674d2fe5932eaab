/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_operations.mmap_prepare and vm_operations_struct.mapped, as of the
 * newest kernel: the driver says how a mapping is to be served before the
 * kernel tries to merge it, and hears of it afterwards, when it is a new one.
 *
 * MMAP_HOOKS(prepare, mapped) defines what MMAP_HOOK(prepare) and
 * MAPPED_HOOK(mapped) put into the two tables of operations.
 */
#ifndef _MMAPDEMO_COMPAT_MMAP_H
#define _MMAPDEMO_COMPAT_MMAP_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

/* Linux 7.2 has both; .mmap_prepare alone is older, but took other arguments. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)

#define MMAP_HOOKS(prepare, mapped)
#define MMAP_HOOK(prepare)	.mmap_prepare = prepare,
#define MAPPED_HOOK(hook)	.mapped = hook,

#else

/* Kernels between may have a structure of this name, with more in it. */
#define vm_area_desc mmapdemo_vm_area_desc

struct vm_area_desc {
	struct mm_struct *mm;
	struct file *file;
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	const struct vm_operations_struct *vm_ops;
	void *private_data;
};

/*
 * .mmap is called after a merge was tried and failed: a merged mapping is never
 * heard of. So what it is called for is new.
 */
static inline int
mmap_hooks_call(struct file *file, struct vm_area_struct *vma,
		int (*prepare)(struct vm_area_desc *desc),
		int (*mapped)(unsigned long start, unsigned long end,
			      pgoff_t pgoff, const struct file *file,
			      void **private_data))
{
	struct vm_area_desc desc = {
		.mm = vma->vm_mm,
		.file = file,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.pgoff = vma->vm_pgoff,
	};
	int ret = prepare(&desc);

	if (ret)
		return ret;
	vma->vm_ops = desc.vm_ops;
	vma->vm_private_data = desc.private_data;
	return mapped(vma->vm_start, vma->vm_end, vma->vm_pgoff, file,
		      &vma->vm_private_data);
}

#define MMAP_HOOKS(prepare, mapped)					\
static int prepare##_mmap(struct file *file, struct vm_area_struct *vma) \
{									\
	return mmap_hooks_call(file, vma, prepare, mapped);		\
}

#define MMAP_HOOK(prepare)	.mmap = prepare##_mmap,
#define MAPPED_HOOK(hook)

#endif

#endif /* _MMAPDEMO_COMPAT_MMAP_H */
