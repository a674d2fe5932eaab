/* SPDX-License-Identifier: GPL-2.0-only */
/* The number of huge pages of anonymous memory in an address space. */
#ifndef _MMAPDEMO_WALK_HUGE_H
#define _MMAPDEMO_WALK_HUGE_H

#include <linux/types.h>

struct mm_struct;

s32 mmapdemo_walk_huge(struct mm_struct *mm);

#endif /* _MMAPDEMO_WALK_HUGE_H */
