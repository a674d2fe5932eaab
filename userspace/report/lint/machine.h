/* SPDX-License-Identifier: GPL-2.0-only */
/* Properties of a machine that affect the advice of lint. */
#ifndef _LINT_MACHINE_H
#define _LINT_MACHINE_H

#include "record/meta_read.h"

#include <linux/types.h>
#include <stdbool.h>

/**
 * enum thp - the THP setting, which determines which anonymous memory gets huge
 * pages
 */
enum thp {
	THP_UNKNOWN,
	THP_ALWAYS,
	THP_MADVISE,
	THP_NEVER
};

/**
 * struct lint_machine - properties of the machine on which the recording was
 * made
 * @populate: madvise() has MADV_POPULATE_READ and MADV_POPULATE_WRITE (Linux
 *	5.14)
 * @vma_locks: most faults take the lock of their VMA instead of mmap_lock (Linux 6.4)
 * @memory: size of the memory, in bytes; 0: unknown
 * @thp: enum thp
 * @limit: maximum number of VMAs of a process; 0: unknown
 * @reached: memory limit of a cgroup that was reached during the recording
 * @map_count: highest number of VMAs of any address space
 * @flushes_known: TLB flushes were recorded
 */
struct lint_machine {
	bool populate;
	bool vma_locks;
	__u64 memory;
	enum thp thp;
	__u64 limit;
	struct memory_limit reached;
	__u32 map_count;
	bool flushes_known;
};

/*
 * Return the properties of the machine. The caller must set @map_count and
 * @flushes_known.
 */
struct lint_machine lint_machine(const struct meta *meta);

#endif /* _LINT_MACHINE_H */
