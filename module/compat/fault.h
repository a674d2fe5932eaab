/* SPDX-License-Identifier: GPL-2.0-only */
/* enum vm_fault_reason and enum fault_flag as of the newest kernel. */
#ifndef _MMAPDEMO_COMPAT_FAULT_H
#define _MMAPDEMO_COMPAT_FAULT_H

#include <linux/mm.h>
#include <linux/version.h>

/* Linux 6.0, commit d92725256b4f ("mm: avoid unnecessary page fault retires") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#define VM_FAULT_COMPLETED ((__force vm_fault_t)0x004000)
#endif

/* Linux 5.19, commit c89357e27f20 ("mm: support GUP-triggered unsharing") */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 19, 0)
#define FAULT_FLAG_UNSHARE 0
#endif

/* Linux 6.4: faults are tried under the lock of the VMA first */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define FAULT_FLAG_VMA_LOCK 0
#endif

#endif /* _MMAPDEMO_COMPAT_FAULT_H */
