/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reasons why two adjacent VMAs are not merged. The comparison is that of the
 * kernel, as far as /proc shows the data. It is a pure function of both VMAs.
 */
#ifndef _MERGEABLE_H
#define _MERGEABLE_H

#include "inspect/verdict.h"
#include "mmapdemo.h"
#include "system/smaps.h"

/**
 * struct mergeable - the differences between two VMAs
 * @reasons: enum mmapdemo_reason of each difference, in the kernel's order
 * @count: number of @reasons; 0: no visible difference
 * @unseen: possible differences that /proc does not show, as bits 1 << enum
 *	mmapdemo_reason. The bit of anon-vma also stands for faulted and forked
 * @flags: flags of vma_flags that differ
 * @offset: file offset of the upper VMA, bytes; 0 if the two map different
 *	files
 * @goes_on: file offset at the end of the lower VMA, bytes; or 0
 */
struct mergeable {
	__u32 reasons[MMAPDEMO_REASON_COUNT];
	int count;
	__u32 unseen;
	__u64 flags;
	__u64 offset;
	__u64 goes_on;
};

/**
 * struct mergeable_rules - the merge rules of a kernel
 * @rules: the rules, which the module also uses
 * @of: the Linux release of the rules
 * @exact: @of is the running release. Otherwise it is the latest known release
 *	before it, or the first known release
 */
struct mergeable_rules {
	const struct verdict_rules *rules;
	const char *of;
	bool exact;
};

/* Return the rules of a kernel. @release: from uname(2). */
struct mergeable_rules mergeable_rules(const char *release);

/* Compare two adjacent VMAs. @policies: their NUMA policies are known. */
void mergeable_check(struct mergeable *mergeable,
		     const struct verdict_rules *rules,
		     const struct vma *below, const struct vma *above,
		     bool policies);

/* Return the first reason in the kernel's order, or MMAPDEMO_REASON_UNKNOWN. */
static inline __u32 mergeable_reason(const struct mergeable *mergeable)
{
	return mergeable->count ? mergeable->reasons[0] : MMAPDEMO_REASON_UNKNOWN;
}

#endif /* _MERGEABLE_H */
