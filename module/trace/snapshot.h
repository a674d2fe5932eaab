/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshots of VMAs as plain values, for verdict.c. */
#ifndef _MMAPDEMO_SNAPSHOT_H
#define _MMAPDEMO_SNAPSHOT_H

#include "trace/verdict.h"

struct vm_area_struct;

void mmapdemo_snapshot(struct verdict_vma *out,
		       const struct vm_area_struct *vma);
void mmapdemo_snapshot_side(struct verdict_case *c, int side,
			    const struct vm_area_struct *vma,
			    unsigned long border);

#endif /* _MMAPDEMO_SNAPSHOT_H */
