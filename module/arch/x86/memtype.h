/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory types, which determine how the processor caches the mappings of a region. */
#ifndef _MMAPDEMO_ARCH_MEMTYPE_H
#define _MMAPDEMO_ARCH_MEMTYPE_H

#include "mmapdemo.h"

#include <asm/set_memory.h>
#include <linux/pgtable.h>
#include <linux/types.h>

static inline pgprot_t mmapdemo_memtype_prot(pgprot_t prot, u32 flags)
{
	if (flags & MMAPDEMO_REGION_WRITE_COMBINING)
		return pgprot_writecombine(prot);
	return flags & MMAPDEMO_REGION_UNCACHED ? pgprot_noncached(prot) : prot;
}

static inline int mmapdemo_memtype_set(void *block, int pages, u32 flags)
{
	if (flags & MMAPDEMO_REGION_WRITE_COMBINING)
		return set_memory_wc((unsigned long)block, pages);
	if (flags & MMAPDEMO_REGION_UNCACHED)
		return set_memory_uc((unsigned long)block, pages);
	return 0;
}

static inline int mmapdemo_memtype_reset(void *block, int pages, u32 flags)
{
	return flags ? set_memory_wb((unsigned long)block, pages) : 0;
}

#endif /* _MMAPDEMO_ARCH_MEMTYPE_H */
