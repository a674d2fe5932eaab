/* SPDX-License-Identifier: GPL-2.0-only */
/* Which faults of each kernel map a whole folio at once. */
#ifndef _MMAPDEMO_COMPAT_FINISH_H
#define _MMAPDEMO_COMPAT_FINISH_H

#include <linux/kconfig.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/version.h>

/*
 * Return true if the first store to a page of a shared mapping may also map the
 * other pages of its folio [finish_fault()]. In shmem, this has been so since Linux
 * 6.11, commit 43e027e41423 ("mm: memory: extend finish_fault() to support large
 * folio"), and in other files since Linux 6.18, commit 19773df031bc ("mm/fault: try
 * to map the entire file folio in finish_fault()"). The mapping of shmem does not
 * show whether its folios may be large.
 */
static inline bool store_maps_folio(struct address_space *mapping)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	return false;
#else
	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		return false;
	return mapping_large_folio_support(mapping) || shmem_mapping(mapping);
#endif
}

#endif /* _MMAPDEMO_COMPAT_FINISH_H */
