/* SPDX-License-Identifier: GPL-2.0-only */
/* What advice depends on besides the program. */
#ifndef _LINT_MACHINE_H
#define _LINT_MACHINE_H

#include <linux/types.h>
#include <stdbool.h>

struct meta;

/** enum thp - which anonymous memory gets huge pages */
enum thp {
	THP_UNKNOWN,
	THP_ALWAYS,
	THP_MADVISE,
	THP_NEVER
};

/**
 * struct lint_machine - where the recording was made
 * @populate: madvise() knows MADV_POPULATE_READ and _WRITE: Linux 5.14
 * @memory: bytes, 0: not known
 * @thp: enum thp
 * @limit: how many VMAs a process may have, 0: not known
 * @map_count: most VMAs of an address space
 * @flushes_known: flushes of the TLB were recorded
 */
struct lint_machine {
	bool populate;
	__u64 memory;
	enum thp thp;
	__u64 limit;
	__u32 map_count;
	bool flushes_known;
};

/* What a recording says of it; @map_count and @flushes_known are left 0. */
struct lint_machine lint_machine(const struct meta *meta);

#endif /* _LINT_MACHINE_H */
