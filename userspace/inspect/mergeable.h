/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reasons why two adjacent VMAs are not merged. The VMAs are compared by the
 * kernel's merge rules, as far as /proc shows the data.
 */
#ifndef _MERGEABLE_H
#define _MERGEABLE_H

#include "inspect/verdict.h"
#include "mmapdemo.h"
#include "system/smaps.h"

/**
 * struct mergeable - the differences between two VMAs
 * @reasons: enum mmapdemo_reason of each difference, in the order in which the
 *	kernel compares
 * @count: number of @reasons; 0: /proc shows no difference
 * @unseen: possible differences that /proc does not show, as bits 1 << enum
 *	mmapdemo_reason. MMAPDEMO_REASON_ANON_VMA also stands for
 *	MMAPDEMO_REASON_FAULTED and MMAPDEMO_REASON_FORKED
 * @flags: the flags that differ, as bits of vma_flags
 * @offset: file offset of the upper VMA, in bytes; 0 if the VMAs do not map the
 *	same file
 * @goes_on: file offset at the end of the lower VMA, in bytes; 0 if the VMAs do
 *	not map the same file
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
 * @rules: the rules; the module uses the same rules
 * @of: the Linux release that has these rules
 * @exact: @of is the release of the kernel. If @exact is false, @of is the latest
 *	known release before the release of the kernel, or the oldest known
 *	release
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

/*
 * Return the difference that the kernel finds first, or MMAPDEMO_REASON_UNKNOWN
 * if /proc shows no difference.
 */
static inline __u32 mergeable_reason(const struct mergeable *mergeable)
{
	return mergeable->count ? mergeable->reasons[0] : MMAPDEMO_REASON_UNKNOWN;
}

#endif /* _MERGEABLE_H */
