// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of the properties that a merge compares. A snapshot consists of
 * plain values, because the merge changes or frees the VMAs.
 *
 * The caller holds mmap_lock for writing, as the kernel does when it compares
 * VMAs, so no property changes meanwhile.
 */
#include "common.h"
#include "trace/kernel/merge.h"
#include "trace/snapshot.h"

#include <linux/list.h>
#include <linux/mm.h>

/* verdict.c contains these numbers as literals. */
static_assert(VM_SHARED == 0x8 && VM_MAYWRITE == 0x20);
static_assert((VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_MIXEDMAP) == 0x10044400);
#ifdef CONFIG_MEM_SOFT_DIRTY
static_assert(VM_SOFTDIRTY == 0x8000000);
#endif
#ifdef VM_MAYBE_GUARD
static_assert(VM_MAYBE_GUARD == 0x800);
#endif

/* Return the number of entries in anon_vma_chain, or 2 if there are more than two. */
static u8 links_of(const struct vm_area_struct *vma)
{
	if (list_empty(&vma->anon_vma_chain))
		return 0;
	return list_is_singular(&vma->anon_vma_chain) ? 1 : 2;
}

/**
 * mmapdemo_snapshot - take a snapshot of a VMA
 * @out: filled in; the offsets are those of the VMA's first page
 * @vma: the VMA
 */
void mmapdemo_snapshot(struct verdict_vma *out,
		       const struct vm_area_struct *vma)
{
	mmap_assert_write_locked(vma->vm_mm);

	*out = (struct verdict_vma) {
		.flags = vma->vm_flags,
		.pgoff = vma->vm_pgoff,
		.anon_pgoff = merge_anon_pgoff(vma),
		.file = (unsigned long)vma->vm_file,
		.policy = merge_policy(vma),
		.uffd = merge_uffd(vma),
		.name = merge_name(vma),
		.anon_vma = (unsigned long)vma->anon_vma,
		.links = links_of(vma),
		.close = vma->vm_ops && vma->vm_ops->close,
	};
}

/**
 * mmapdemo_snapshot_side - take a snapshot of a neighbour of a range
 * @c: the range, of which the policy and the name are already known
 * @side: VERDICT_PREV or VERDICT_NEXT
 * @vma: the neighbour
 * @border: the address at which the range and the neighbour will meet. The
 *	address may be inside @vma, because the kernel has not yet replaced the
 *	part of @vma that is in the range
 */
void mmapdemo_snapshot_side(struct verdict_case *c, int side,
			    const struct vm_area_struct *vma,
			    unsigned long border)
{
	struct verdict_vma *out = &c->side[side];

	mmapdemo_snapshot(out, vma);
	verdict_move(out, (border - vma->vm_start) >> PAGE_SHIFT);
	/* Give equal numbers to different objects with equal contents. */
	if (merge_policies_equal(out->policy, c->want.policy))
		out->policy = c->want.policy;
	if (merge_names_equal(out->name, c->want.name))
		out->name = c->want.name;
}
