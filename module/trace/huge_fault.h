/* SPDX-License-Identifier: GPL-2.0-only */
/* Observation of faults that may map huge pages. */
#ifndef _MMAPDEMO_HUGE_FAULT_H
#define _MMAPDEMO_HUGE_FAULT_H

#include "trace/records.h"

#include <linux/bitops.h>

struct mm_struct;
struct vm_area_struct;

/**
 * struct huge_past - what the earlier attempts of a fault found
 * @fallback: enum huge_fallback
 * @cached: a page of the 2 MiB was in the page cache before the first attempt
 */
struct huge_past {
	u8 fallback;
	bool cached;
};

/**
 * struct huge_mark - what must be read before a fault that may map a huge page
 * @memory: how many huge pages this CPU could not allocate
 * @cgroup: how many of these the cgroup refused
 * @cpu: the CPU
 * @kind: enum huge_kind
 * @past: what the earlier attempts found
 * @stack: the VMA is the temporary stack of exec
 * @table: there is a page table, which the first attempt did not find
 */
struct huge_mark {
	unsigned long memory;
	unsigned long cgroup;
	u32 cpu;
	u8 kind;
	struct huge_past past;
	bool stack;
	bool table;
};

void mmapdemo_huge_begin(struct huge_mark *mark, struct vm_area_struct *vma,
			 u64 address, bool again);
struct huge_past mmapdemo_huge_retry(const struct huge_mark *mark);
void mmapdemo_huge_end(struct fault_record *r, const struct huge_mark *mark,
		       const struct mm_struct *mm);

/* Return the members @huge and @folio of struct mmapdemo_batch_fault. */
static inline u32 huge_packed(const struct fault_record *r)
{
	return r->huge | fls(r->folio) << 5;
}

#endif /* _MMAPDEMO_HUGE_FAULT_H */
