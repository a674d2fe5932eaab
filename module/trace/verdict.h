/* SPDX-License-Identifier: GPL-2.0-only */
/* The reason why a range was not merged: a pure function of snapshots. */
#ifndef _MMAPDEMO_VERDICT_H
#define _MMAPDEMO_VERDICT_H

#include <linux/types.h>

/**
 * struct verdict_vma - a VMA, or a range that might become one, before the change
 * @flags: VM_*
 * @pgoff: offset in pages: of the start of the range, of the end of the
 *	previous VMA, or of the start of the next VMA
 * @file: number of the file. This and the next four members are equal for equal
 *	objects, 0 if there is none, and never shown to users
 * @policy: NUMA policy
 * @uffd: context of userfaultfd
 * @name: name of anonymous memory
 * @anon_vma: anon_vma of its pages
 * @links: number of entries of its anon_vma_chain; 2: two or more
 * @close: has a vm_ops->close
 */
struct verdict_vma {
	u64 flags;
	u64 pgoff;
	unsigned long file;
	unsigned long policy;
	unsigned long uffd;
	unsigned long name;
	unsigned long anon_vma;
	u8 links;
	u8 close;
};

enum { VERDICT_PREV, VERDICT_NEXT, VERDICT_SIDES };

/**
 * struct verdict_case - a range that is to be mapped or changed
 * @cause: enum mmapdemo_cause
 * @pages: size of the range, in pages
 * @whole: the range is the whole VMA that changes, which a merge would remove
 * @again: mmap() tries a second time, with the properties that the driver gave
 *	the range
 * @want: properties that the range is to have
 * @side: the previous and the next VMA
 * @barred: enum mmapdemo_reason of a side where nothing is compared: not tried,
 *	merged (without a test), no neighbour, inside; otherwise 0
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

/* Rules of the kernel in the name; kernel/merge.h selects the rules to use. */
extern const struct verdict_rules mmapdemo_verdict_5_10;
extern const struct verdict_rules mmapdemo_verdict_6_1;
extern const struct verdict_rules mmapdemo_verdict_6_12;
extern const struct verdict_rules mmapdemo_verdict_7_2;

void mmapdemo_verdict(const struct verdict_rules *rules,
		      const struct verdict_case *c, u32 reason[VERDICT_SIDES]);
u64 mmapdemo_verdict_flags(const struct verdict_rules *rules,
			   const struct verdict_case *c, int side);

#endif /* _MMAPDEMO_VERDICT_H */
