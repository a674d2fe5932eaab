/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Findings. A finding says what costs more than necessary, and how to avoid the
 * cost.
 */
#ifndef _FINDING_H
#define _FINDING_H

#include "base/line.h"
#include "base/stats.h"
#include "event/event.h"
#include "report/makers.h"

enum finding_kind {
	FINDING_CROWDED,	/* the number of VMAs is near the limit */
	FINDING_STORM,		/* pages touched for the first time, page by page */
	FINDING_AGAIN,		/* pages freed and touched again */
	FINDING_ZERO,		/* pages loaded from, then stored to */
	FINDING_COPIED,		/* file pages loaded from, then copied */
	FINDING_MAJOR,		/* waits for reads of a file */
	FINDING_UNREAD,		/* pages read ahead that were not used */
	FINDING_RECLAIM,	/* faults that had to free memory first */
	FINDING_COMPACTION,	/* faults that had to move pages for a huge page */
	FINDING_LOCK,		/* waits for mmap_lock */
	FINDING_FORK,		/* address spaces copied only for exec */
	FINDING_UNALIGNED,	/* huge pages missed because of alignment */
	FINDING_SMALL,		/* pages of 4 KiB instead of huge pages */
	FINDING_POOL,		/* MAP_HUGETLB failed */
	FINDING_PINGPONG,	/* access rights removed and restored */
	FINDING_ALMOST,		/* adjacent VMAs that could almost be merged */
	FINDING_DONTFORK,	/* MADV_DONTFORK on parts of a mapping */
	FINDING_KINDS
};

enum advice {
	ADVICE_LIMIT,
	ADVICE_LIMIT_CODE,
	ADVICE_LIMIT_FRAMES,
	ADVICE_LIMIT_BEFORE,
	ADVICE_POPULATE,
	ADVICE_POPULATE_OLD,
	ADVICE_POPULATE_WRITE,
	ADVICE_POPULATE_READ,
	ADVICE_POPULATE_EACH,
	ADVICE_POPULATE_WRITE_EACH,
	ADVICE_POPULATE_READ_EACH,
	ADVICE_POPULATE_MALLOC,
	ADVICE_HUGE_SHARED,
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
	ADVICE_READ_AHEAD_OFF,
	ADVICE_READ_LESS,
	ADVICE_MEMORY_MAX,
	ADVICE_MEMORY_HIGH,
	ADVICE_LESS_MEMORY,
	ADVICE_DEFER,
	ADVICE_LOCK,
	ADVICE_LOCK_OLD,
	ADVICE_LOCK_FORK,
	ADVICE_SPAWN,
	ADVICE_ALIGN,
	ADVICE_ALIGN_MALLOC,
	ADVICE_HUGE_ASK,
	ADVICE_HUGE_ENABLE,
	ADVICE_HUGE_STORE,
	ADVICE_HUGE_COMMIT,
	ADVICE_HUGE_COMMIT_OLD,
	ADVICE_HUGE_FRAGMENTED,
	ADVICE_POOL,
	ADVICE_MAP_TWICE,
	ADVICE_PROTECTION_KEYS,
	ADVICE_SAME,
	ADVICE_DOFORK,
	ADVICES
};

#define FINDING_NAME_MAX 128

/**
 * struct edge - range of an aligned huge page that would extend beyond the
 * start or end of a mapping
 * @base: address of the first byte
 * @storm: faults in this range that a FINDING_STORM could also count
 */
struct edge {
	__u64 base;
	struct stats storm;
};

/**
 * struct finding - finding about one range, or about all ranges with the same
 *	cause
 * @kind: kind of the finding
 * @advice: what the user can do. The cause of the finding consists of @kind,
 *	@advice, @reason, @flags and @nr
 * @count: number of faults, calls, pages or VMAs, depending on @kind
 * @ns: lost time, in ns; 0: the time is unknown or not relevant
 * @ranges: number of ranges; 0: the finding is not about ranges
 * @start: address of the first byte of the range with the largest @ns. If
 *	several ranges have this @ns, the range with the largest @count
 * @end: address after the last byte of the range that begins at @start
 * @name: name of the mapping that contains the range; FINDING_RECLAIM: path of the
 *	cgroup whose limit was reached, or ""
 * @reason: FINDING_ALMOST: enum mmapdemo_reason
 * @flags: FINDING_ALMOST: VM_* flags that differ
 * @nr: the system call; -1: none. FINDING_LOCK: the system call of the holder
 * @limit: FINDING_CROWDED: maximum number of VMAs; FINDING_RECLAIM: the limit of the
 *	cgroup, in bytes
 * @makers: FINDING_CROWDED: the makers of the VMAs, sorted
 * @flushed: FINDING_PINGPONG: @flushes is known
 * @flushes: FINDING_PINGPONG: number of calls that flushed the TLB
 * @pages: FINDING_POOL: pages that a call requested; FINDING_AGAIN: number of
 *	different pages that were touched again;
 *	FINDING_UNALIGNED and FINDING_SMALL: small pages touched instead of the huge
 *	pages;
 *	FINDING_RECLAIM: number of reclaimed pages; FINDING_UNREAD: number of pages
 *	that were used
 * @bytes: FINDING_UNREAD: bytes that were read
 * @space: FINDING_UNALIGNED and FINDING_SMALL: number of the address space
 * @edges: FINDING_UNALIGNED: the edges at the start and at the end of the
 *	mapping
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
	const struct makers *makers;
	bool flushed;
	__u64 flushes;
	__u64 pages;
	__u64 bytes;
	__u32 space;
	struct edge edges[2];
};

/*
 * Return the number of text lines of a finding, which is two plus the number of
 * makers that are shown.
 */
int finding_lines(const struct finding *finding);

/*
 * Write a finding as lines of text, or as JSON. If @symbols is NULL, code is
 * written without symbols. Return 0 or -errno.
 */
int finding_show(FILE *out, const struct style *style,
		 const struct finding *finding, struct symbols *symbols);
int finding_json(FILE *out, const struct finding *finding,
		 struct symbols *symbols);

/** struct findings - a list of findings; a zeroed list is empty */
struct findings {
	struct finding *list;
	size_t count;
	size_t room;
};

/* Append a copy of @finding. Return 0 or -ENOMEM. */
int findings_add(struct findings *findings, const struct finding *finding);

/* Join findings of the same kind and cause. */
void findings_group(struct findings *findings);

/*
 * Sort the findings: FINDING_CROWDED first, then by lost time, then by count,
 * largest first.
 */
void findings_rank(struct findings *findings);
void findings_free(struct findings *findings);

#endif /* _FINDING_H */
