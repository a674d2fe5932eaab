/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/pagemap.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_PAGECACHE_H
#define _MMAPDEMO_COMPAT_PAGECACHE_H

#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/version.h>

/*
 * Linux 5.16, commit af7f29d9e1a7 ("mm/filemap: Add folio_lock_killable()"). The
 * newest kernels no longer have lock_page_killable().
 */
static inline int page_lock_killable(struct page *page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
	return lock_page_killable(page);
#else
	return folio_lock_killable(page_folio(page));
#endif
}

#endif /* _MMAPDEMO_COMPAT_PAGECACHE_H */
