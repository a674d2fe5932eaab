/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why two VMAs that touch each other are two: what the kernel would compare, as
 * far as /proc shows it. A pure function of both.
 */
#ifndef _MERGEABLE_H
#define _MERGEABLE_H

#include "inspect/verdict.h"
#include "mmapdemo.h"
#include "system/smaps.h"

/**
 * struct mergeable - what keeps two VMAs apart
 * @reasons: enum mmapdemo_reason, all that differs, in the kernel's order
 * @count: of @reasons; 0: nothing that can be seen
 * @unseen: bits 1 << enum mmapdemo_reason: what may differ, but /proc does not
 *	tell. Of the pages' owners anon-vma stands for faulted and forked, too
 * @flags: that differ, of vma_flags
 * @offset: of the upper VMA, bytes; if both have a file
 * @goes_on: where the lower one's file goes on, bytes
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
 * struct mergeable_rules - of a kernel
 * @rules: as the module has them
 * @of: the Linux they were read in
 * @exact: that is the Linux that runs; else the last known before it, or the
 *	first known
 */
struct mergeable_rules {
	const struct verdict_rules *rules;
	const char *of;
	bool exact;
};

/* @release: as of uname(2). */
struct mergeable_rules mergeable_rules(const char *release);

/* Two neighbours; @policies: their NUMA policies are known. */
void mergeable_check(struct mergeable *mergeable,
		     const struct verdict_rules *rules,
		     const struct vma *below, const struct vma *above,
		     bool policies);

/* The first in the kernel's order, or MMAPDEMO_REASON_UNKNOWN. */
static inline __u32 mergeable_reason(const struct mergeable *mergeable)
{
	return mergeable->count ? mergeable->reasons[0] : MMAPDEMO_REASON_UNKNOWN;
}

#endif /* _MERGEABLE_H */
