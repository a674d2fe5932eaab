/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why two VMAs that touch each other are two: what the kernel would compare, as
 * far as /proc shows it. A pure function of both.
 */
#ifndef _APART_H
#define _APART_H

#include "inspect/verdict.h"
#include "mmapdemo.h"
#include "system/smaps.h"

/**
 * struct apart - what keeps two VMAs apart
 * @reasons: enum mmapdemo_reason, all that differs, in the kernel's order
 * @count: of @reasons; 0: nothing that can be seen
 * @unseen: bits 1 << enum mmapdemo_reason: what may differ, but /proc does not
 *	tell. Of the pages' owners anon-vma stands for faulted and forked, too
 * @flags: that differ, of vma_flags
 * @offset: of the upper VMA, bytes; if both have a file
 * @goes_on: where the lower one's file goes on, bytes
 */
struct apart {
	__u32 reasons[MMAPDEMO_REASON_COUNT];
	int count;
	__u32 unseen;
	__u64 flags;
	__u64 offset;
	__u64 goes_on;
};

/**
 * struct apart_rules - of a kernel
 * @rules: as the module has them
 * @of: the Linux they were read in
 * @exact: that is the Linux that runs; else the last known before it, or the
 *	first known
 */
struct apart_rules {
	const struct verdict_rules *rules;
	const char *of;
	bool exact;
};

/* @release: as of uname(2). */
struct apart_rules apart_rules(const char *release);

/* Two neighbours; @policies: their NUMA policies are known. */
void apart_tell(struct apart *apart, const struct verdict_rules *rules,
		const struct vma *below, const struct vma *above,
		bool policies);

/* The first in the kernel's order, or MMAPDEMO_REASON_UNKNOWN. */
static inline __u32 apart_first(const struct apart *apart)
{
	return apart->count ? apart->reasons[0] : MMAPDEMO_REASON_UNKNOWN;
}

#endif /* _APART_H */
