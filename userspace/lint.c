// SPDX-License-Identifier: GPL-2.0-only
#include "lint.h"
#include "vm_flags.h"

#include <errno.h>
#include <sys/syscall.h>

#define HUGE (2ULL << 20)
#define PAGES_OF_HUGE 512

/* Less than that is no pattern. */
#define STORM_FAULTS 512
#define PINGPONG_CHANGES 16
#define ALMOST_REFUSALS 16

/* Flags that advice sets, or nobody asked for: not what a program may do. */
#define VM_ADVICE (VM_LOCKED | VM_SEQ_READ | VM_RAND_READ | VM_DONTCOPY | \
		   VM_LOCKONFAULT | VM_ACCOUNT | VM_NORESERVE | \
		   VM_WIPEONFORK | VM_DONTDUMP | VM_HUGEPAGE | \
		   VM_NOHUGEPAGE | VM_MERGEABLE)

/* ---- events ---- */

static int count(struct table *table, struct key key, __u64 ns)
{
	struct row *row = table_row(table, &key);

	if (!row)
		return -ENOMEM;
	figures_add(&row->figures, ns);
	return 0;
}

/* What MAP_POPULATE would have brought, but has not. */
static bool is_first_touch(const struct fault_event *fault)
{
	if (fault->from != MMAPDEMO_FROM_USER &&
	    fault->from != MMAPDEMO_FROM_KERNEL)
		return false;
	switch (fault->class) {
	case MMAPDEMO_FAULT_ANON_ZERO:
	case MMAPDEMO_FAULT_ANON:
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_COW:
	case MMAPDEMO_FAULT_SHARED:
		return true;
	default:
		return false;
	}
}

static int see_fault(struct lint *lint, const struct fault_event *fault,
		     const struct space *space)
{
	struct key key = { { space->number, fault->vma_start,
			     fault->vma_end } };

	if (!is_first_touch(fault))
		return 0;
	return count(&lint->touched, key, fault->duration);
}

/* Does nothing but advice, or the pages' owners, keep them apart? */
static bool is_almost(__u32 reason, __u64 flags)
{
	switch (reason) {
	case MMAPDEMO_REASON_FLAGS:
		return flags && !(flags & ~(__u64)VM_ADVICE);
	case MMAPDEMO_REASON_POLICY:
	case MMAPDEMO_REASON_UFFD:
	case MMAPDEMO_REASON_ANON_NAME:
	case MMAPDEMO_REASON_ANON_VMA:
	case MMAPDEMO_REASON_FAULTED:
		return true;
	default:
		return false;
	}
}

/* A private mapping of a file that once was writable stays VM_ACCOUNT. */
static bool is_relro(const struct merge_event *merge, __u64 flags,
		     const struct space *space)
{
	const struct mapping *mapping = maps_find(&space->maps, merge->start);

	return flags == VM_ACCOUNT && mapping && mapping->ino;
}

static int see_refusal(struct lint *lint, const struct merge_event *merge,
		       __u32 reason, __u64 flags, const struct space *space)
{
	bool call = merge->trigger == MMAPDEMO_TRIGGER_SYSCALL;
	struct key key = { { reason, reason == MMAPDEMO_REASON_FLAGS ? flags :
			     0, call ? merge->nr : -1 } };

	if (!is_almost(reason, flags) || is_relro(merge, flags, space))
		return 0;
	return count(&lint->refused, key, 0);
}

static int see_protect(struct lint *lint, const struct event *event,
		       const struct key *range)
{
	lint->changes[event->tid % LINT_CHANGES] = (struct change){
		.tid = event->tid,
		.range = *range,
	};
	return count(&lint->protected, *range, 0);
}

/*
 * The TLB is flushed when the VMA has changed, cut if need be; but also within
 * faults and other calls, of which munmap() does not tell when it began.
 */
static int see_what_follows(struct lint *lint, const struct event *event)
{
	struct change *change = &lint->changes[event->tid % LINT_CHANGES];

	if (change->tid != event->tid ||
	    event->kind == MMAPDEMO_EVENT_VMA_SPLIT)
		return 0;
	if (event->kind == EVENT_FLUSH) {
		if (event->flush.reason < FLUSH_SEND && !change->flushes++)
			change->flushed = event->time;
		return 0;
	}
	change->tid = 0;
	if (!change->flushes || event_begin(event) <= change->flushed ||
	    (event->kind == MMAPDEMO_EVENT_VMA_UNLINK && change->flushes == 1))
		return 0;
	return count(&lint->flushed, change->range, 0);
}

static int see_merge(struct lint *lint, const struct event *event,
		     const struct space *space)
{
	const struct merge_event *merge = &event->merge;
	struct key key = { { space->number, merge->start, merge->end } };
	struct row *row;
	int err;

	if (lint->map_count < merge->map_count)
		lint->map_count = merge->map_count;
	err = see_refusal(lint, merge, merge->reason_prev,
			  merge->flags_diff_prev, space);
	if (!err)
		err = see_refusal(lint, merge, merge->reason_next,
				  merge->flags_diff_next, space);
	if (err || merge->cause != MMAPDEMO_CAUSE_CHANGE)
		return err;
	if (merge->nr == SYS_mprotect)
		return see_protect(lint, event, &key);
	if (merge->nr != SYS_madvise)
		return 0;
	row = table_row(&lint->unforked, &key);
	if (!row)
		return -ENOMEM;
	row->figures.count = !!(merge->flags_wanted & VM_DONTCOPY);
	return 0;
}

/* Whole huge pages in the range. */
static __u64 huge_pages(__u64 start, __u64 end)
{
	__u64 first = (start + HUGE - 1) / HUGE, last = end / HUGE;

	return last > first ? last - first : 0;
}

static int see_mmap(struct lint *lint, const struct mmap_event *mmap,
		    const struct space *space)
{
	__u64 start = mmap->ret, end = start + mmap->len;
	struct key key = { { space->number, start, end } };

	if (mmap->ret <= 0 || mmap->ino || mmap->dev ||
	    huge_pages(start, end) == mmap->len / HUGE)
		return 0;
	return count(&lint->large, key, 0);
}

int lint_event(struct lint *lint, const struct event *event,
	       const struct space *space)
{
	int err = see_what_follows(lint, event);

	if (err || !space)
		return err;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return see_fault(lint, &event->fault, space);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return see_merge(lint, event, space);
	case MMAPDEMO_EVENT_DO_MMAP:
		return see_mmap(lint, &event->mmap, space);
	default:
		return 0;
	}
}

/* ---- findings ---- */

static __u64 flushes_of(struct lint *lint, const struct key *range)
{
	const struct row *row = table_row(&lint->flushed, range);

	return row ? row->figures.count : 0;
}

/* Rows that came up so often. */
static int find_ranges(struct lint *lint, struct table *table,
		       enum finding_kind kind, __u64 least,
		       int (*visit)(const struct finding *finding, void *data),
		       void *data)
{
	int err = 0;

	table_sort(table);
	for (size_t i = 0; !err && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct finding finding = {
			.kind = kind,
			.count = row->figures.count,
			.ns = row->figures.ns,
			.start = row->key.parts[1],
			.end = row->key.parts[2],
		};

		finding.flushed = kind == FINDING_PINGPONG &&
				  lint->flushes_known;
		if (finding.flushed)
			finding.flushes = flushes_of(lint, &row->key);
		if (finding.count >= least)
			err = visit(&finding, data);
	}
	return err;
}

static int find_almost(struct lint *lint,
		       int (*visit)(const struct finding *finding, void *data),
		       void *data)
{
	int err = 0;

	for (size_t i = 0; !err && i < lint->refused.count; i++) {
		const struct row *row = &lint->refused.rows[i];
		const struct finding finding = {
			.kind = FINDING_ALMOST,
			.count = row->figures.count,
			.reason = row->key.parts[0],
			.flags = row->key.parts[1],
			.nr = row->key.parts[2],
		};

		if (finding.count >= ALMOST_REFUSALS)
			err = visit(&finding, data);
	}
	return err;
}

/* First touches in a range, of an address space. */
static __u64 touches_in(const struct lint *lint, const struct key *range)
{
	__u64 sum = 0;

	for (size_t i = 0; i < lint->touched.count; i++) {
		const struct row *row = &lint->touched.rows[i];

		if (row->key.parts[0] == range->parts[0] &&
		    row->key.parts[1] < range->parts[2] &&
		    row->key.parts[2] > range->parts[1])
			sum += row->figures.count;
	}
	return sum;
}

/* It is missed only where the pages were wanted, small ones. */
static int find_unaligned(struct lint *lint,
			  int (*visit)(const struct finding *finding,
				       void *data), void *data)
{
	int err = 0;

	for (size_t i = 0; !err && i < lint->large.count; i++) {
		const struct key *key = &lint->large.rows[i].key;
		__u64 start = key->parts[1], end = key->parts[2];
		const struct finding finding = {
			.kind = FINDING_UNALIGNED,
			.count = (end - start) / HUGE - huge_pages(start, end),
			.start = start,
			.end = end,
		};

		if (touches_in(lint, key) >= PAGES_OF_HUGE)
			err = visit(&finding, data);
	}
	return err;
}

int lint_findings(struct lint *lint, __u64 limit,
		  int (*visit)(const struct finding *finding, void *data),
		  void *data)
{
	const struct finding crowded = {
		.kind = FINDING_CROWDED,
		.count = lint->map_count,
		.limit = limit,
	};
	int err;

	err = find_ranges(lint, &lint->touched, FINDING_STORM, STORM_FAULTS,
			  visit, data);
	if (!err)
		err = find_ranges(lint, &lint->protected, FINDING_PINGPONG,
				  PINGPONG_CHANGES, visit, data);
	if (!err)
		err = find_almost(lint, visit, data);
	if (!err && limit && lint->map_count >= limit / 2)
		err = visit(&crowded, data);
	if (!err)
		err = find_ranges(lint, &lint->unforked, FINDING_DONTFORK, 1,
				  visit, data);
	return err ? err : find_unaligned(lint, visit, data);
}

void lint_free(struct lint *lint)
{
	table_free(&lint->touched);
	table_free(&lint->protected);
	table_free(&lint->flushed);
	table_free(&lint->refused);
	table_free(&lint->unforked);
	table_free(&lint->large);
}
