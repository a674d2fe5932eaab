/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults that are kept for a moment, so that one event reports several faults. */
#ifndef _MMAPDEMO_BATCH_H
#define _MMAPDEMO_BATCH_H

#include "mmapdemo.h"
#include "trace/records.h"

#include <linux/jump_label.h>

/**
 * struct batch_record - faults of one task on one CPU, in the order of time
 * @time: CLOCK_MONOTONIC when the first fault ended, in ns
 * @count: number of entries of @fault
 * @vmas: number of entries of @vma
 * @vma: the VMAs of the faults
 * @fault: the faults
 */
struct batch_record {
	u64 time;
	u32 count;
	u32 vmas;
	struct mmapdemo_batch_vma vma[MMAPDEMO_BATCH_MAX];
	struct mmapdemo_batch_fault fault[MMAPDEMO_BATCH_MAX];
};

/* Enabled while the event pte_faults has users. */
DECLARE_STATIC_KEY_FALSE(mmapdemo_batch_key);

/** mmapdemo_batch_wanted - return true if faults must be added to batches */
static __always_inline bool mmapdemo_batch_wanted(void)
{
	return static_branch_unlikely(&mmapdemo_batch_key);
}

void mmapdemo_batch_add(const struct fault_record *r);
void mmapdemo_batch_add_huge(const struct fault_record *r);
void mmapdemo_batch_flush(void);
void mmapdemo_batch_flush_here(void);

int mmapdemo_batch_get(void);
void mmapdemo_batch_put(void);
void mmapdemo_batch_exit(void);

#endif /* _MMAPDEMO_BATCH_H */
