/* SPDX-License-Identifier: GPL-2.0-only */
/* The reason why a range was not merged, which depends only on snapshots of VMAs. */
#ifndef _MMAPDEMO_VERDICT_H
#define _MMAPDEMO_VERDICT_H

#include <linux/types.h>

/**
 * struct verdict_vma - the properties of a VMA, or of a range that may become a
 *	VMA
 * @flags: VM_*
 * @pgoff: an offset into the file, in pages: of the start of the range, of the
 *	end of the previous VMA, or of the start of the next VMA
 * @anon_pgoff: as @pgoff, but of the anonymous pages; compared only for private
 *	mappings of files, and only since Linux 7.3
 * @file: a number for the file. This member and the next four are equal for
 *	equal objects, are 0 if there is no object, and are never shown to users
 * @policy: a number for the NUMA policy
 * @uffd: a number for the userfaultfd context
 * @name: a number for the name of anonymous memory
 * @anon_vma: a number for the anon_vma of the VMA's pages
 * @links: number of entries in the VMA's anon_vma_chain, or 2 if there are more
 *	than two
 * @close: true if the VMA has vm_ops->close
 */
struct verdict_vma {
	u64 flags;
	u64 pgoff;
	u64 anon_pgoff;
	unsigned long file;
	unsigned long policy;
	unsigned long uffd;
	unsigned long name;
	unsigned long anon_vma;
	u8 links;
	u8 close;
};

/* Move the offsets of @vma by a number of pages. */
static inline void verdict_move(struct verdict_vma *vma, u64 pages)
{
	vma->pgoff += pages;
	vma->anon_pgoff += pages;
}

enum { VERDICT_PREV, VERDICT_NEXT, VERDICT_SIDES };

/**
 * struct verdict_case - a range that will be mapped or changed, and its
 *	neighbours
 * @cause: enum mmapdemo_cause
 * @pages: size of the range, in pages
 * @whole: true if the range is a whole VMA, which a merge would remove
 * @again: true for the second attempt of mmap(), with the properties that the
 *	driver set
 * @want: properties that the range will have
 * @side: properties of the previous and of the next VMA
 * @barred: 0; or, for a side on which nothing is compared, the enum
 *	mmapdemo_reason: not tried, merged (without a test), no neighbour, or
 *	inside
 */
struct verdict_case {
	u32 cause;
	u64 pages;
	bool whole;
	bool again;
	struct verdict_vma want;
	struct verdict_vma side[VERDICT_SIDES];
	u32 barred[VERDICT_SIDES];
};

struct verdict_rules;

/*
 * Each variable contains the rules of the kernel series in its name.
 * kernel/merge.h selects the rules to use.
 */
extern const struct verdict_rules mmapdemo_verdict_5_10;
extern const struct verdict_rules mmapdemo_verdict_6_1;
extern const struct verdict_rules mmapdemo_verdict_6_12;
extern const struct verdict_rules mmapdemo_verdict_7_2;
extern const struct verdict_rules mmapdemo_verdict_7_3;

void mmapdemo_verdict(const struct verdict_rules *rules,
		      const struct verdict_case *c, u32 reason[VERDICT_SIDES]);
u64 mmapdemo_verdict_flags(const struct verdict_rules *rules,
			   const struct verdict_case *c, int side);

#endif /* _MMAPDEMO_VERDICT_H */
