/* SPDX-License-Identifier: GPL-2.0-only */
/* A walk through the page tables to one address, which takes no locks. */
#ifndef _MMAPDEMO_WALK_H
#define _MMAPDEMO_WALK_H

#include "walk/record.h"

#include <linux/pgtable.h>

struct mm_struct;

pmd_t *mmapdemo_walk_locked(struct mm_struct *mm, unsigned long addr,
			    struct walk *out);
void mmapdemo_walk_on(pmd_t *pmd, unsigned long addr, struct walk *out);
void mmapdemo_walk(struct mm_struct *mm, unsigned long addr, struct walk *out);
unsigned int mmapdemo_walk_levels(void);

#endif /* _MMAPDEMO_WALK_H */
