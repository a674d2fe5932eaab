/* SPDX-License-Identifier: GPL-2.0-only */
/* How often the processor forgot translations while this task ran. */
#ifndef _TLB_FLUSHES_H
#define _TLB_FLUSHES_H

/* A counter of the event tlb:tlb_flush, those of task switches excepted; -errno. */
int tlb_flushes_open(void);

/* How often, since then. */
unsigned long long tlb_flushes_count(int counter);

#endif /* _TLB_FLUSHES_H */
