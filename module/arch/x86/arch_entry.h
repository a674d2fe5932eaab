/* SPDX-License-Identifier: GPL-2.0-only */
/* What all entries of x86's page tables have in common, whatever their level. */
#ifndef _MMAPDEMO_ARCH_ENTRY_H
#define _MMAPDEMO_ARCH_ENTRY_H

#include "mmapdemo.h"

#include <asm/msr.h>
#include <linux/pgtable.h>

static inline u32 entry_user(pteval_t value)
{
	return value & _PAGE_USER ? MMAPDEMO_ENTRY_USER : 0;
}

/* The page attribute table: eight types of memory, a byte each. */
static inline u64 entry_memtypes(void)
{
	u32 low, high;

	rdmsr(MSR_IA32_CR_PAT, low, high);
	return (u64)high << 32 | low;
}

/*
 * How a leaf wants its memory to be cached: three of its bits select a type, which
 * the processor has numbers for. @pat is the highest of them: _PAGE_PAT of a PTE,
 * _PAGE_PAT_LARGE above.
 */
static inline u32 entry_of_memtype(u64 memtypes, pteval_t value, pteval_t pat)
{
	int type = (value & _PAGE_PWT ? 1 : 0) | (value & _PAGE_PCD ? 2 : 0) |
		   (value & pat ? 4 : 0);

	switch (memtypes >> 8 * type & 7) {
	case 0:		/* UC */
	case 7:		/* UC-: unless an MTRR says WC */
		return MMAPDEMO_ENTRY_UNCACHED;
	case 1:
		return MMAPDEMO_ENTRY_WRITE_COMBINING;
	case 4:
		return MMAPDEMO_ENTRY_WRITE_THROUGH;
	default:	/* write-back, and write-protected, which Linux never uses */
		return 0;
	}
}

/*
 * Is a page there that the program must not touch? pte_protnone() and
 * pmd_protnone() are a constant 0 without CONFIG_NUMA_BALANCING.
 */
static inline bool entry_is_protnone(pteval_t flags)
{
	return (flags & (_PAGE_PRESENT | _PAGE_PROTNONE)) == _PAGE_PROTNONE;
}

/* The kernel has pte_exec(), but not this. */
static inline bool pmd_exec(pmd_t pmd)
{
	return !(pmd_flags(pmd) & _PAGE_NX);
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

#endif /* _MMAPDEMO_ARCH_ENTRY_H */
