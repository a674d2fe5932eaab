/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults counted by class and duration, for who has no need of each event. */
#ifndef _MMAPDEMO_STATS_H
#define _MMAPDEMO_STATS_H

#include <linux/types.h>

bool mmapdemo_stats_wants(void);
void mmapdemo_stats_fault(u32 class, u64 start, u64 duration);
int mmapdemo_stats_open(u32 pid, bool all);

#endif /* _MMAPDEMO_STATS_H */
