/* SPDX-License-Identifier: GPL-2.0-only */
/* Result of a walk to one address, as plain values. */
#ifndef _MMAPDEMO_WALK_RECORD_H
#define _MMAPDEMO_WALK_RECORD_H

#include <linux/types.h>

/**
 * struct walk - result of a walk to one address
 * @levels: MMAPDEMO_LEVEL_* of the levels whose entry is populated
 * @entry: MMAPDEMO_ENTRY_* of the lowest populated entry; 0 when this entry points to
 *	a table, or when there is none
 * @pfn: page frame of the address; 0 when the entry is not present
 * @order: log2 of the number of pages that the entry maps
 * @below: pages from the start of the window to the address. The window is a
 *	group of entries of the same page table that are also read
 * @window: entries of the window, including that of the address; 0: no window
 * @around: populated entries of the window
 */
struct walk {
	u64 pfn;
	u32 entry;
	u8 levels;
	u8 order;
	u8 around;
	u8 below;
	u8 window;
};

#endif /* _MMAPDEMO_WALK_RECORD_H */
