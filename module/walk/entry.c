// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of the bits of a present PTE, so that a fault need not test the flags of
 * its PTE one by one.
 *
 * Each MMAPDEMO_ENTRY_* bit is set by flags of the lower part of the PTE or by
 * flags of the upper part, but never by a combination of both. So two small
 * tables are enough.
 */
#include "common.h"
#include "walk/entry.h"

#include <linux/build_bug.h>
#include <linux/cache.h>

u16 mmapdemo_entry_low[ENTRY_LOW_FLAGS] __ro_after_init;
u16 mmapdemo_entry_high[ENTRY_HIGH_FLAGS] __ro_after_init;

/* Return the bits for the flags of a present PTE. */
static u16 __init bits_of(pteval_t flags)
{
	return entry_of_pte_flags(native_make_pte(flags));
}

/**
 * mmapdemo_entry_init - fill in the tables
 *
 * The caller calls this function before the first walk. The flag that forbids
 * execution is in the upper part of the PTE, so the lower part does not allow
 * execution.
 */
void __init mmapdemo_entry_init(void)
{
	pteval_t i;

	BUILD_BUG_ON(MMAPDEMO_ENTRY_SOFT_DIRTY > U16_MAX);

	for (i = 0; i < ENTRY_LOW_FLAGS; i++)
		mmapdemo_entry_low[i] = bits_of(i | _PAGE_NX);
	for (i = 0; i < ENTRY_HIGH_FLAGS; i++)
		mmapdemo_entry_high[i] = bits_of(i << ENTRY_HIGH_SHIFT);
}
