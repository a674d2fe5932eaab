/* SPDX-License-Identifier: GPL-2.0-only */
/* Something that costs more than it must, and what to do instead. */
#ifndef _FINDING_H
#define _FINDING_H

#include "event.h"
#include "line.h"

enum finding_kind {
	FINDING_STORM,		/* first touches, page by page */
	FINDING_PINGPONG,	/* mprotect() to and fro */
	FINDING_ALMOST,		/* neighbours that nearly merge */
	FINDING_CROWDED,	/* VMAs near the limit */
	FINDING_DONTFORK,	/* MADV_DONTFORK left behind */
	FINDING_UNALIGNED,	/* huge pages missed by alignment */
	FINDING_KINDS
};

/**
 * struct finding - one
 * @count: how often, or how many
 * @ns: how long that took, 0: not known, or not the point
 * @start: of the range it is about; with @end 0 there is none
 * @end: behind it
 * @reason: of neighbours: enum mmapdemo_reason
 * @flags: of neighbours: VM_* that differ
 * @nr: of neighbours: the system call, -1: none
 * @limit: of VMAs: how many there may be
 * @flushed: of mprotect(): it is known how often the TLB was flushed next
 * @flushes: and how often
 */
struct finding {
	enum finding_kind kind;
	__u64 count;
	__u64 ns;
	__u64 start;
	__u64 end;
	__u32 reason;
	__u64 flags;
	__s64 nr;
	__u64 limit;
	bool flushed;
	__u64 flushes;
};

/* Two lines of it; an object. 0 or -errno. */
int finding_show(FILE *out, const struct style *style,
		 const struct finding *finding);
int finding_json(FILE *out, const struct finding *finding);

#endif /* _FINDING_H */
