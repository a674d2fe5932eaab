/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a walk to one address, as plain values. */
#ifndef _MMAPDEMO_WALK_RECORD_H
#define _MMAPDEMO_WALK_RECORD_H

#include <linux/types.h>

/* The usual number of entries of a window. */
#define WALK_WINDOW 16

/**
 * struct walk - the result of a walk to one address
 * @levels: MMAPDEMO_LEVEL_* of the levels whose entry is populated
 * @entry: MMAPDEMO_ENTRY_* of the lowest populated entry; 0 if this entry points to a
 *	table, or if no entry is populated
 * @pfn: page frame of the address; 0 if the entry is not present
 * @order: log2 of the number of pages that the entry maps
 * @below: number of pages from the start of the window to the address. The
 *	window is a group of entries, in the same page table, that the walk also
 *	reads
 * @window: number of entries in the window, including the entry of the address;
 *	0: there is no window
 * @around: number of populated entries in the window
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
