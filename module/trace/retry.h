/* SPDX-License-Identifier: GPL-2.0-only */
/* The data of faults that are between two attempts. */
#ifndef _MMAPDEMO_RETRY_H
#define _MMAPDEMO_RETRY_H

#include "moment.h"
#include "trace/huge_fault.h"
#include "trace/records.h"

struct mm_struct;

/**
 * struct retry - the attempts so far to handle a fault
 * @mm: the address space
 * @address: the touched address
 * @start: time when the first attempt began
 * @generation: result of mmapdemo_stats_generation() when the first attempt
 *	began
 * @before: result of the walk before the first attempt
 * @ret: VM_FAULT_* of the last attempt, and VM_FAULT_MAJOR if any attempt
 *	returned it
 * @count: number of attempts that returned VM_FAULT_RETRY
 * @huge: what the attempts found, if there was no page table before the first attempt
 */
struct retry {
	const struct mm_struct *mm;
	u64 address;
	struct moment start;
	u32 generation;
	struct walk before;
	u32 ret;
	u32 count;
	struct huge_past huge;
};

bool mmapdemo_retry_take(const struct mm_struct *mm, u64 address,
			 struct retry *out);
void mmapdemo_retry_keep(const struct retry *retry);

#endif /* _MMAPDEMO_RETRY_H */
