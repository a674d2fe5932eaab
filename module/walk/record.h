/* SPDX-License-Identifier: GPL-2.0-only */
/* What a walk to one address found, as plain values. */
#ifndef _MMAPDEMO_WALK_RECORD_H
#define _MMAPDEMO_WALK_RECORD_H

#include <linux/types.h>

/**
 * struct walk - the way through the page table to one address
 * @levels: MMAPDEMO_LEVEL_* of the levels whose entry is populated
 * @entry: MMAPDEMO_ENTRY_* of the lowest populated entry; 0 when that one
 *	points to a table, or when there is none
 * @pfn: page frame of the address; 0 when the entry is not present
 * @order: log2 of the pages the entry maps
 * @below: pages below the address where a window of entries begins that are
 *	looked at, too; they are in the same page table
 * @window: how many entries that are, its own among them; 0: none
 * @around: populated ones of these
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
