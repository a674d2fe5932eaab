/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hooks must see during the self test, which depends only on the steps. */
#ifndef _MMAPDEMO_SELFTEST_JUDGE_H
#define _MMAPDEMO_SELFTEST_JUDGE_H

#include "mmapdemo.h"
#include "trace/records.h"

/*
 * The self test reserves an area of SELFTEST_AREA pages with PROT_NONE. Inside the
 * area, the self test makes a mapping of SELFTEST_PAGES pages, so that no other VMA
 * can be merged with the mapping. The mapping begins one page after an address that
 * is aligned to SELFTEST_ALIGN pages. So the mapping contains no aligned group of
 * four pages, for which the kernel could allocate one large folio.
 */
#define SELFTEST_AREA	12
#define SELFTEST_PAGES	5
#define SELFTEST_ALIGN	4

/* Events that the self test can cause, and room for a few more. */
#define SELFTEST_SEEN_MAX 64

/* The first events of enum mmapdemo_event are the tested events. */
#define SELFTEST_EVENTS (MMAPDEMO_EVENT_VMA_UNLINK + 1)

enum selftest_kind {
	SELFTEST_MAP,
	SELFTEST_UNMAP,
	SELFTEST_TOUCH
};

/* All steps of the self test, in their order. */
enum selftest_step {
	SELFTEST_RESERVE,
	SELFTEST_MAKE,
	SELFTEST_READ,
	SELFTEST_COPY,
	SELFTEST_WRITE,
	SELFTEST_SPLIT,
	SELFTEST_DIFFER,
	SELFTEST_REMOVE,
	SELFTEST_MERGE,
	SELFTEST_END,
	SELFTEST_RELEASE,
	SELFTEST_STEPS
};

#define SELFTEST_ANY	(-1)

/**
 * struct selftest_plan - what one step does, and what the hooks must see
 * @doing: the step in words, as part of a sentence
 * @kind: what the step does with the pages
 * @area: true if the step is about the whole area
 * @first: if @area is false, the first page, counted from the start of the
 *	mapping
 * @pages: number of pages
 * @prot: PROT_* of new pages
 * @flags: MAP_* of new pages
 * @access: enum mmapdemo_access of a touch
 * @class: enum mmapdemo_fault_class of a touch
 * @before: MMAPDEMO_ENTRY_* of the touched page before the fault
 * @after: MMAPDEMO_ENTRY_* of the touched page after the fault
 * @outcome: MMAPDEMO_MERGES of new pages, or SELFTEST_ANY
 * @reason: enum mmapdemo_reason why both neighbours were merged or not merged
 * @differ: VM_* that prevent a merge
 * @removed: number of VMAs that are removed
 * @count: number of events of each kind, or SELFTEST_ANY
 */
struct selftest_plan {
	const char *doing;
	enum selftest_kind kind;
	bool area;
	u8 first;
	u8 pages;
	u32 prot;
	u32 flags;
	u32 access;
	u32 class;
	u32 before;
	u32 after;
	s8 outcome;
	u32 reason;
	u32 differ;
	u32 removed;
	s8 count[SELFTEST_EVENTS];
};

extern const struct selftest_plan mmapdemo_selftest_plan[SELFTEST_STEPS];

/**
 * union selftest_record - the record of any event that the self test causes
 * @mmap: do_mmap
 * @search: get_unmapped_area
 * @merge: vma_merge
 * @link: vma_link
 * @fault: pte_fault
 * @split: vma_split
 * @unlink: vma_unlink
 */
union selftest_record {
	struct mmap_record mmap;
	struct search_record search;
	struct merge_record merge;
	struct link_record link;
	struct fault_record fault;
	struct split_record split;
	struct unlink_record unlink;
};

/**
 * struct selftest_seen - an event that the self test has seen
 * @event: enum mmapdemo_event, which selects the member of @r
 * @step: the step during which the event happened
 * @r: the record of the event
 */
struct selftest_seen {
	u32 event;
	u32 step;
	union selftest_record r;
};

/**
 * struct selftest - one run of the self test
 * @page: size of a page, in bytes
 * @area: start of the area
 * @mm: id of the address space
 * @levels: MMAPDEMO_LEVEL_* that this machine has
 * @rules: true if the module knows how the kernel merges VMAs
 * @trigger: why the kernel was running
 * @step: the current step
 * @count: number of events in @seen
 * @seen: the events, in their order
 */
struct selftest {
	u64 page;
	u64 area;
	u32 mm;
	u32 levels;
	bool rules;
	struct trigger trigger;
	u32 step;
	u32 count;
	struct selftest_seen seen[SELFTEST_SEEN_MAX];
};

/**
 * struct selftest_failure - the first value of an event that is wrong
 * @step: the step of the event
 * @what: name of the value
 * @expected: the value that the event must have. Addresses are counted from the start
 *	of the area
 * @got: the value that the event has
 */
struct selftest_failure {
	u32 step;
	const char *what;
	u64 expected;
	u64 got;
};

u64 mmapdemo_selftest_start(const struct selftest *test, u32 step);
u64 mmapdemo_selftest_size(const struct selftest *test, u32 step);
bool mmapdemo_selftest_judge(const struct selftest *test, u32 event,
			     struct selftest_failure *failure);

#endif /* _MMAPDEMO_SELFTEST_JUDGE_H */
