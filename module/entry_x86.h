/* SPDX-License-Identifier: GPL-2.0-only */
/* What all entries of x86's page tables have in common, whatever their level. */
#ifndef _MMAPDEMO_ENTRY_X86_H
#define _MMAPDEMO_ENTRY_X86_H

#include "mmapdemo.h"

#include <linux/pgtable.h>

static inline u32 entry_user(pteval_t value)
{
	return value & _PAGE_USER ? MMAPDEMO_ENTRY_USER : 0;
}

/* Does an entry point to a table? It may be a leaf, or not present. */
static inline bool entry_is_table(pteval_t value)
{
	return (value & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT;
}

/* And to which one? */
static inline void *entry_table(pteval_t value)
{
	return __va(value & PTE_PFN_MASK);
}

/* An entry that points to a table: its bits hold for everything below. */
static inline u32 entry_of_table(pteval_t value)
{
	return MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_TABLE |
	       entry_user(value) |
	       (value & _PAGE_RW ? MMAPDEMO_ENTRY_WRITE : 0) |
	       (value & _PAGE_NX ? 0 : MMAPDEMO_ENTRY_EXEC) |
	       (value & _PAGE_ACCESSED ? MMAPDEMO_ENTRY_YOUNG : 0);
}

#endif /* _MMAPDEMO_ENTRY_X86_H */
