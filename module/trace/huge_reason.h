/* SPDX-License-Identifier: GPL-2.0-only */
/* The reason why a fault mapped a huge page or not, which depends only on plain values. */
#ifndef _MMAPDEMO_HUGE_REASON_H
#define _MMAPDEMO_HUGE_REASON_H

#include "trace/huge_rules.h"

/* Number of pages of a huge page of 2 MiB */
#define HUGE_PAGES 512

/**
 * enum huge_fallback - what the counters of failed allocations show
 * @HUGE_FALLBACK_NONE: no allocation failed
 * @HUGE_FALLBACK_UNKNOWN: the task has moved to another CPU, which has other counters
 * @HUGE_FALLBACK_MEMORY: there was no free huge page
 * @HUGE_FALLBACK_CGROUP: the cgroup of the task had no room
 */
enum huge_fallback {
	HUGE_FALLBACK_NONE,
	HUGE_FALLBACK_UNKNOWN,
	HUGE_FALLBACK_MEMORY,
	HUGE_FALLBACK_CGROUP,
};

/**
 * struct huge_result - what a fault did
 * @before: MMAPDEMO_ENTRY_* of the entry before the fault
 * @after: MMAPDEMO_ENTRY_* of the entry after the fault
 * @folio: number of pages of the folio that the entry maps after the fault, 0: unknown
 * @fallback: enum huge_fallback
 */
struct huge_result {
	u32 before;
	u32 after;
	u16 folio;
	u8 fallback;
};

u32 mmapdemo_huge_reason(const struct huge_rules *rules,
			 const struct huge_facts *facts,
			 const struct huge_result *result);

#endif /* _MMAPDEMO_HUGE_REASON_H */
