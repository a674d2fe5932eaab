/* SPDX-License-Identifier: GPL-2.0-only */
/* Counter of the TLB flushes that occur while the calling task is running. */
#ifndef _TLB_FLUSHES_H
#define _TLB_FLUSHES_H

/*
 * Open a counter of TLB flushes, except the flushes at task switches. Return a
 * descriptor or -errno.
 */
int tlb_flushes_open(void);

/* Return the number of flushes since tlb_flushes_open(). */
unsigned long long tlb_flushes_count(int counter);

#endif /* _TLB_FLUSHES_H */
