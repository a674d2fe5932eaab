/* SPDX-License-Identifier: GPL-2.0-only */
/* Number of TLB flushes while this task is running. */
#ifndef _TLB_FLUSHES_H
#define _TLB_FLUSHES_H

/*
 * Open a counter of tlb:tlb_flush without those at task switches. Return an fd
 * or -errno.
 */
int tlb_flushes_open(void);

/* Return the number of flushes since tlb_flushes_open(). */
unsigned long long tlb_flushes_count(int counter);

#endif /* _TLB_FLUSHES_H */
