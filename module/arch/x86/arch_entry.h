/* SPDX-License-Identifier: GPL-2.0-only */
/* The bits of x86 page table entries, and the memory types that they select. */
#ifndef _MMAPDEMO_ARCH_ENTRY_H
#define _MMAPDEMO_ARCH_ENTRY_H

#include "mmapdemo.h"

#include <asm/msr.h>
#include <linux/pgtable.h>

/*
 * Number of combinations of the flags below the page frame of a PTE, and of the
 * flags above. The bits between bit 51 and ENTRY_HIGH_SHIFT are not used.
 */
#define ENTRY_LOW_FLAGS		(1 << PAGE_SHIFT)
#define ENTRY_HIGH_SHIFT	57
#define ENTRY_HIGH_FLAGS	(1 << (64 - ENTRY_HIGH_SHIFT))

static inline u32 entry_user(pteval_t value)
{
	return value & _PAGE_USER ? MMAPDEMO_ENTRY_USER : 0;
}

/* Return the page attribute table (PAT): eight memory types, one byte each. */
static inline u64 entry_memtypes(void)
{
	u32 low, high;

	rdmsr(MSR_IA32_CR_PAT, low, high);
	return (u64)high << 32 | low;
}

/*
 * Return the memory type of a leaf. Three bits of the leaf select one of the eight
 * types in @memtypes. @pat is the highest of these bits: _PAGE_PAT in a PTE, or
 * _PAGE_PAT_LARGE above the PTE level.
 */
static inline u32 entry_of_memtype(u64 memtypes, pteval_t value, pteval_t pat)
{
	int type = (value & _PAGE_PWT ? 1 : 0) | (value & _PAGE_PCD ? 2 : 0) |
		   (value & pat ? 4 : 0);

	switch (memtypes >> 8 * type & 7) {
	case 0:		/* uncached (UC) */
	case 7:		/* uncached (UC-), unless an MTRR sets write-combining */
		return MMAPDEMO_ENTRY_UNCACHED;
	case 1:
		return MMAPDEMO_ENTRY_WRITE_COMBINING;
	case 4:
		return MMAPDEMO_ENTRY_WRITE_THROUGH;
	default:	/* write-back (or write-protected, which Linux never uses) */
		return 0;
	}
}

/*
 * Return true if the entry maps a page that the program must not touch. Without
 * CONFIG_NUMA_BALANCING, pte_protnone() and pmd_protnone() always return 0.
 */
static inline bool entry_is_protnone(pteval_t flags)
{
	return (flags & (_PAGE_PRESENT | _PAGE_PROTNONE)) == _PAGE_PROTNONE;
}

/*
 * Return true if the PMD allows execution. The kernel has pte_exec(), but no
 * pmd_exec().
 */
static inline bool pmd_exec(pmd_t pmd)
{
	return !(pmd_flags(pmd) & _PAGE_NX);
}

/*
 * Return true if the entry points to a table, which means that the entry is
 * present and not a leaf.
 */
static inline bool entry_is_table(pteval_t value)
{
	return (value & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT;
}

/* Return the table to which an entry points. */
static inline void *entry_table(pteval_t value)
{
	return __va(value & PTE_PFN_MASK);
}

/*
 * Decode an entry that points to a table. The permissions in this entry apply
 * to all addresses that the table maps.
 */
static inline u32 entry_of_table(pteval_t value)
{
	return MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_TABLE |
	       entry_user(value) |
	       (value & _PAGE_RW ? MMAPDEMO_ENTRY_WRITE : 0) |
	       (value & _PAGE_NX ? 0 : MMAPDEMO_ENTRY_EXEC) |
	       (value & _PAGE_ACCESSED ? MMAPDEMO_ENTRY_YOUNG : 0);
}

#endif /* _MMAPDEMO_ARCH_ENTRY_H */
