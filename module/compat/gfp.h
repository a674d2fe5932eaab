/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/gfp.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_GFP_H
#define _MMAPDEMO_COMPAT_GFP_H

#include <linux/gfp.h>
#include <linux/version.h>

/*
 * Since Linux 5.11, commit 18b2db3b0385 ("mm: Convert page kmemcg type to a page
 * memcg flag"), pages that are mapped to user space can be charged to a memory
 * cgroup. Before, the mark of a charged page shared a field with the mapcount, so
 * the pages stay uncharged.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define GFP_ACCOUNT_MAPPED 0
#else
#define GFP_ACCOUNT_MAPPED __GFP_ACCOUNT
#endif

#endif /* _MMAPDEMO_COMPAT_GFP_H */
