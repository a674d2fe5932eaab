/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's file_operations.mmap_prepare and
 * vm_operations_struct.mapped on older kernels. In .mmap_prepare, the driver
 * describes a new mapping before the kernel tries to merge the mapping. If the
 * mapping is not merged, the kernel calls .mapped for the new VMA.
 *
 * .mmap_prepare can call an mmap_action_*() function to make the kernel map all
 * of the memory before mmap() returns.
 *
 * MMAP_HOOK(prepare) and MAPPED_HOOK(mapped) initialize .mmap_prepare and
 * .mapped, or .mmap on older kernels. MMAP_HOOKS(prepare, mapped) defines the
 * function for .mmap.
 */
#ifndef _MMAPDEMO_COMPAT_MMAP_H
#define _MMAPDEMO_COMPAT_MMAP_H

#include "compat/features.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

/*
 * Linux 7.2 has .mmap_prepare and .mapped. Before 7.2, .mmap_prepare took other
 * arguments. An older kernel with a backport of .mmap_prepare still has .mmap,
 * so it is enough to test the version.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)

#define MMAP_HOOKS(prepare, mapped)
#define MMAP_HOOK(prepare)	.mmap_prepare = prepare,
#define MAPPED_HOOK(hook)	.mapped = hook,

#else

/* Some older kernels define these names with another meaning. */
#define vm_area_desc mmapdemo_vm_area_desc
#define vma_desc_pages mmapdemo_vma_desc_pages
#define vma_desc_is_cow_mapping mmapdemo_vma_desc_is_cow_mapping
#define mmap_action_remap_full mmapdemo_mmap_action_remap_full
#define mmap_action_map_kernel_pages_full mmapdemo_mmap_action_map_pages_full

struct vm_area_desc {
	struct mm_struct *mm;
	struct file *file;
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	unsigned long vm_flags;
	pgprot_t page_prot;
	const struct vm_operations_struct *vm_ops;
	void *private_data;
	unsigned long remap_pfn;	/* first of the frames that mmap() maps, or 0 */
	struct page **map_pages;	/* pages that mmap() maps, or NULL */
};

/*
 * In this header, VMA_*_BIT are VM_* flags. In kernels that define VMA_*_BIT,
 * the values are bit numbers.
 */
#define VMA_PFNMAP_BIT VM_PFNMAP
#define VMA_MIXEDMAP_BIT VM_MIXEDMAP
#define VMA_DONTEXPAND_BIT VM_DONTEXPAND
#define VMA_DONTDUMP_BIT VM_DONTDUMP
#undef vma_desc_set_flags
#define vma_desc_set_flags(desc, ...) \
	((desc)->vm_flags |= vma_desc_flags(__VA_ARGS__, 0, 0))
#define vma_desc_flags(a, b, c, ...) ((a) | (b) | (c))

static inline unsigned long vma_desc_pages(const struct vm_area_desc *desc)
{
	return (desc->end - desc->start) >> PAGE_SHIFT;
}

static inline bool vma_desc_is_cow_mapping(const struct vm_area_desc *desc)
{
	return (desc->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

static inline void mmap_action_remap_full(struct vm_area_desc *desc,
					  unsigned long pfn)
{
	desc->remap_pfn = pfn;
}

static inline void
mmap_action_map_kernel_pages_full(struct vm_area_desc *desc,
				  struct page **pages)
{
	desc->vm_flags |= VM_MIXEDMAP;
	desc->map_pages = pages;
}

/*
 * vm_flags_set() exists since Linux 6.3, commit bc292ab00f6c ("mm: introduce
 * vma->vm_flags wrapper functions").
 */
#ifndef HAS_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

static inline int mmap_hooks_act(const struct vm_area_desc *desc,
				 struct vm_area_struct *vma)
{
	unsigned long pages = vma_desc_pages(desc);

	if (desc->remap_pfn)
		return remap_pfn_range(vma, desc->start, desc->remap_pfn,
				       desc->end - desc->start,
				       vma->vm_page_prot);
	if (desc->map_pages)
		return vm_insert_pages(vma, desc->start, desc->map_pages,
				       &pages);
	return 0;
}

/*
 * Call @prepare and @mapped from .mmap. The kernel does not call .mmap for a
 * mapping that it could merge, so the VMA is new. If .mmap fails, the kernel
 * unmaps the pages that .mmap has mapped.
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
		.vm_flags = vma->vm_flags,
		.page_prot = vma->vm_page_prot,
	};
	int ret = prepare(&desc);

	if (ret)
		return ret;
	vm_flags_set(vma, desc.vm_flags);
	vma->vm_page_prot = desc.page_prot;
	vma->vm_ops = desc.vm_ops;
	vma->vm_private_data = desc.private_data;
	return mmap_hooks_act(&desc, vma) ?:
	       mapped(vma->vm_start, vma->vm_end, vma->vm_pgoff, file,
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
