/* SPDX-License-Identifier: GPL-2.0-only */
/* Something that costs more than it must, and what to do instead. */
#ifndef _FINDING_H
#define _FINDING_H

#include "base/line.h"
#include "event/event.h"

enum finding_kind {
	FINDING_CROWDED,	/* VMAs near the limit */
	FINDING_STORM,		/* first touches, page by page */
	FINDING_AGAIN,		/* pages given back and touched again */
	FINDING_ZERO,		/* pages loaded from, then stored to */
	FINDING_COPIED,		/* the same, of a file */
	FINDING_MAJOR,		/* waiting for a file to be read */
	FINDING_FORK,		/* address spaces copied for exec */
	FINDING_UNALIGNED,	/* huge pages missed by alignment */
	FINDING_PINGPONG,	/* mprotect() to and fro */
	FINDING_ALMOST,		/* neighbours that nearly merge */
	FINDING_DONTFORK,	/* MADV_DONTFORK of pieces of a mapping */
	FINDING_KINDS
};

enum advice {
	ADVICE_LIMIT,
	ADVICE_POPULATE,
	ADVICE_POPULATE_OLD,
	ADVICE_POPULATE_WRITE,
	ADVICE_POPULATE_READ,
	ADVICE_POPULATE_EACH,
	ADVICE_POPULATE_WRITE_EACH,
	ADVICE_POPULATE_READ_EACH,
	ADVICE_LARGER,
	ADVICE_TOP_PAD,
	ADVICE_HUGETLB,
	ADVICE_KEEP_ADVISED,
	ADVICE_KEEP_HEAP,
	ADVICE_KEEP,
	ADVICE_KEEP_MAPPED,
	ADVICE_KEEP_FILE,
	ADVICE_STORE_FIRST,
	ADVICE_READ_AHEAD,
	ADVICE_READ_AHEAD_OLD,
	ADVICE_NOT_RANDOM,
	ADVICE_NOT_RANDOM_OLD,
	ADVICE_SPAWN,
	ADVICE_ALIGN,
	ADVICE_MAP_TWICE,
	ADVICE_PROTECTION_KEYS,
	ADVICE_SAME,
	ADVICE_DOFORK,
	ADVICES
};

#define FINDING_NAME_MAX 128

/**
 * struct finding - one: of one range, or of all with the same cause
 * @kind: what was found
 * @advice: what to do about it; together with @reason, @flags and @nr the cause
 * @count: how often, or how many
 * @ns: how long that took, 0: not known, or not the point
 * @ranges: how many ranges it is about, 0: none
 * @start: of the range, or of that which has most of @ns and @count
 * @end: after it
 * @name: of what is mapped there
 * @reason: of neighbours: enum mmapdemo_reason
 * @flags: of neighbours: VM_* that differ
 * @nr: the system call, -1: none
 * @limit: of VMAs: how many are allowed
 * @flushed: of mprotect(): it is known how often the TLB was flushed next
 * @flushes: and how often
 * @pages: of pages touched again: how many they were; of missed huge pages: the
 *	small ones there
 * @space: of missed huge pages: number of the address space
 */
struct finding {
	enum finding_kind kind;
	enum advice advice;
	__u64 count;
	__u64 ns;
	__u64 ranges;
	__u64 start;
	__u64 end;
	char name[FINDING_NAME_MAX];
	__u32 reason;
	__u64 flags;
	__s64 nr;
	__u64 limit;
	bool flushed;
	__u64 flushes;
	__u64 pages;
	__u32 space;
};

/* Two lines of it; an object. 0 or -errno. */
int finding_show(FILE *out, const struct style *style,
		 const struct finding *finding);
int finding_json(FILE *out, const struct finding *finding);

/** struct findings - all 0: none */
struct findings {
	struct finding *list;
	size_t count;
	size_t room;
};

/* Appends a copy. 0 or -ENOMEM. */
int findings_add(struct findings *findings, const struct finding *finding);

/* Makes one of all that have the same kind and cause. */
void findings_group(struct findings *findings);

/* Those that save most first: time, then VMAs and calls. */
void findings_rank(struct findings *findings);
void findings_free(struct findings *findings);

#endif /* _FINDING_H */
