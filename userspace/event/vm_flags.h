/* SPDX-License-Identifier: GPL-2.0-only */
/* VM_* flags of include/linux/mm.h that are the same on every kernel. */
#ifndef _VM_FLAGS_H
#define _VM_FLAGS_H

#include "base/format.h"
#include "event/names.h"

#define VM_READ		0x1
#define VM_WRITE	0x2
#define VM_EXEC		0x4
#define VM_SHARED	0x8

/*
 * /proc/PID/maps shows VM_MAYSHARE as "s". /proc/PID/maps does not show
 * VM_SHARED, which the kernel clears for a MAP_SHARED mapping of a file that
 * was opened read-only.
 */
#define VM_MAYSHARE	0x80

#define VM_GROWSDOWN	0x100
#define VM_UFFD_MISSING	0x200
#define VM_PFNMAP	0x400
#define VM_UFFD_WP	0x1000
#define VM_LOCKED	0x2000
#define VM_IO		0x4000
#define VM_SEQ_READ	0x8000
#define VM_RAND_READ	0x10000
#define VM_DONTCOPY	0x20000
#define VM_LOCKONFAULT	0x80000
#define VM_ACCOUNT	0x100000
#define VM_NORESERVE	0x200000
#define VM_HUGETLB	0x400000
#define VM_WIPEONFORK	0x2000000
#define VM_DONTDUMP	0x4000000
#define VM_MIXEDMAP	0x10000000
#define VM_HUGEPAGE	0x20000000
#define VM_NOHUGEPAGE	0x40000000
#define VM_MERGEABLE	0x80000000

/*
 * VM_NO_POPULATE contains the flags of mappings that MAP_POPULATE skips.
 * VM_NO_CACHE contains the flags of mappings without a page cache.
 */
#define VM_NO_POPULATE	(VM_IO | VM_PFNMAP)
#define VM_NO_CACHE	(VM_NO_POPULATE | VM_MIXEDMAP)

/* Format VM_* flags as "rw-p", as in /proc/PID/maps. Return @text. */
const char *format_vm_flags(char text[FORMAT_MAX], __u64 vm_flags);

/*
 * Return the name of a VM_* flag in text output. For example, text output uses
 * "dontfork", as in MADV_DONTFORK. JSON and the events use "dontcopy", as in
 * VM_DONTCOPY.
 */
const char *flag_word(const struct name *flag);

#endif /* _VM_FLAGS_H */
