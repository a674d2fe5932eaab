/* SPDX-License-Identifier: GPL-2.0-only */
/* A walk through all page tables for a range of addresses. */
#ifndef _MMAPDEMO_WALK_RANGE_H
#define _MMAPDEMO_WALK_RANGE_H

#include <linux/types.h>

struct mm_struct;
struct runs;

int mmapdemo_walk_range(struct mm_struct *mm, u64 *at, u64 end,
			struct runs *runs);

#endif /* _MMAPDEMO_WALK_RANGE_H */
