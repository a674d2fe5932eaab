/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reasons why two adjacent VMAs are not merged. The VMAs are compared in the
 * same way as in the kernel, as far as /proc shows the data. The result depends
 * only on the two VMAs.
 */
#ifndef _MERGEABLE_H
#define _MERGEABLE_H

#include "inspect/verdict.h"
#include "mmapdemo.h"
#include "system/smaps.h"

/**
 * struct mergeable - the differences between two VMAs
 * @reasons: enum mmapdemo_reason of each difference, in the order in which the
 *	kernel checks
 * @count: number of @reasons; 0: no visible difference
 * @unseen: possible differences that /proc does not show, as bits 1 << enum
 *	mmapdemo_reason. The bit of the reason anon-vma also stands for the
 *	reasons faulted and forked
 * @flags: the flags that differ, as bits of vma_flags
 * @offset: file offset of the upper VMA, in bytes; 0 if the VMAs map different
 *	files
 * @goes_on: file offset at the end of the lower VMA, in bytes; 0 if the VMAs
 *	map different files
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
 * @of: the Linux release that has these rules
 * @exact: @of is the running release. Otherwise, @of is the latest known
 *	release before the running release, or the first known release
 */
struct mergeable_rules {
	const struct verdict_rules *rules;
	const char *of;
	bool exact;
};

/*
 * Return the merge rules of a kernel. @release is the kernel's release from
 * uname(2).
 */
struct mergeable_rules mergeable_rules(const char *release);

/*
 * Compare two adjacent VMAs. If @policies is set, the NUMA policies of the VMAs
 * are known.
 */
void mergeable_check(struct mergeable *mergeable,
		     const struct verdict_rules *rules,
		     const struct vma *below, const struct vma *above,
		     bool policies);

/* Return the reason that the kernel finds first, or MMAPDEMO_REASON_UNKNOWN. */
static inline __u32 mergeable_reason(const struct mergeable *mergeable)
{
	return mergeable->count ? mergeable->reasons[0] : MMAPDEMO_REASON_UNKNOWN;
}

#endif /* _MERGEABLE_H */
