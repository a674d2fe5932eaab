/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules by which this kernel maps huge pages, and where it stores prctl() and orders. */
#ifndef _MMAPDEMO_KERNEL_HUGE_H
#define _MMAPDEMO_KERNEL_HUGE_H

#include "trace/huge_rules.h"

#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/version.h>

/*
 * The rules were read from the sources of four kernel series. A kernel in between has the
 * rules of the series before it.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define HUGE_RULES	(&mmapdemo_huge_7_2)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define HUGE_RULES	(&mmapdemo_huge_6_12)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define HUGE_RULES	(&mmapdemo_huge_6_1)
#else
#define HUGE_RULES	(&mmapdemo_huge_5_10)
#endif

/*
 * Linux 6.18, commit 9dc21bbd62ed ("prctl: extend PR_SET_THP_DISABLE to optionally exclude
 * VM_HUGEPAGE"), added a second flag.
 */
#ifdef MMF_DISABLE_THP_COMPLETELY
static inline bool huge_forbidden(const struct mm_struct *mm)
{
	return mm_flags_test(MMF_DISABLE_THP_COMPLETELY, mm);
}

static inline bool huge_advised_only(const struct mm_struct *mm)
{
	return mm_flags_test(MMF_DISABLE_THP_EXCEPT_ADVISED, mm);
}
#else
static inline bool huge_forbidden(const struct mm_struct *mm)
{
	return test_bit(MMF_DISABLE_THP, &mm->flags);
}

static inline bool huge_advised_only(const struct mm_struct *mm)
{
	return false;
}
#endif

#endif /* _MMAPDEMO_KERNEL_HUGE_H */
