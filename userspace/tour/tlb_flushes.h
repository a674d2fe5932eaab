/* SPDX-License-Identifier: GPL-2.0-only */
/* How often the processor forgot translations while this task ran. */
#ifndef _FLUSH_H
#define _FLUSH_H

/* A counter of the event tlb:tlb_flush, those of task switches excepted; -errno. */
int flush_open(void);

/* How often, since then. */
unsigned long long flush_count(int counter);

#endif /* _FLUSH_H */
