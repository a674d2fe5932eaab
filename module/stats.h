/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults counted by class and duration, for who has no need of each event. */
#ifndef _MMAPDEMO_STATS_H
#define _MMAPDEMO_STATS_H

#include <linux/list.h>
#include <linux/types.h>

extern struct hlist_head mmapdemo_counters;

u32 mmapdemo_stats_ask(void);

/**
 * mmapdemo_stats_wanted - who counts the faults of this process?
 *
 * From inside a probe.
 *
 * Return: a set of counters, for mmapdemo_stats_fault(); 0: nobody.
 */
static inline u32 mmapdemo_stats_wanted(void)
{
	return hlist_empty(&mmapdemo_counters) ? 0 : mmapdemo_stats_ask();
}

void mmapdemo_stats_fault(u32 wanted, u32 class, u64 start, u64 duration);
int mmapdemo_stats_open(u32 pid, bool all);

#endif /* _MMAPDEMO_STATS_H */
