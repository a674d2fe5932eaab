// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/huge.h"
#include "base/order.h"
#include "base/tree.h"
#include "event/vm_flags.h"
#include "report/lint/malloc.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

/* Two mappings that overlap compare as equal. */
static int compare(const void *a, const void *b)
{
	const struct large *x = a, *y = b;

	if (x->space != y->space)
		return ORDER(x->space, y->space);
	return x->end <= y->start ? -1 : x->start >= y->end;
}

static struct large *find(const struct lint_huge *huge, __u32 space,
			  __u64 start, __u64 end)
{
	const struct large like = {
		.space = space, .start = start, .end = end,
	};

	return tree_find(&huge->tree, &like, compare);
}

/*
 * Return how many more huge pages would fit into the range if the range were
 * aligned.
 */
static __u64 missed(__u64 start, __u64 end)
{
	__u64 first = (start + BLOCK_BYTES - 1) / BLOCK_BYTES;
	__u64 last = end / BLOCK_BYTES;

	return (end - start) / BLOCK_BYTES - (last > first ? last - first : 0);
}

/* ---- events ---- */

int lint_huge_mmap(struct lint_huge *huge, const struct mmap_event *mmap,
		   const struct space *space)
{
	__u64 start = mmap->ret, end = start + mmap->len;
	const struct large large = {
		.space = space->number, .start = start, .end = end,
		.by_malloc = is_malloc_call(mmap),
	};

	if (mmap->ret <= 0 || mmap->ino || mmap->dev ||
	    mmap->len < BLOCK_BYTES || !mmap->len ||
	    find(huge, space->number, start, end))
		return 0;
	return tree_add(&huge->tree, &large, sizeof(large), compare) ? 0 : -ENOMEM;
}

static bool crosses(__u64 base, __u64 start, __u64 end)
{
	return base < start || base + BLOCK_BYTES > end;
}

/*
 * Return true if a huge page at the faulting address would extend beyond the
 * VMA and beyond the mapping, and if another alignment would help. To check
 * only the VMA is not enough: if the program makes a mapping accessible step by
 * step, the VMA can end anywhere.
 */
static bool is_edge(const struct fault_event *fault, const struct large *large)
{
	__u64 base = fault->address & -BLOCK_BYTES;

	return crosses(base, fault->vma_start, fault->vma_end) &&
	       crosses(base, large->start, large->end) &&
	       missed(fault->vma_start, fault->vma_end);
}

/*
 * ---- whether huge pages are possible ----
 *
 * Events do not show prctl(PR_SET_THP_DISABLE), or a change of the setting of the
 * system. But a small page proves that huge pages are not possible, if the page
 * was the first page of an aligned block inside the VMA.
 */

/* Return the row for memory with or without MADV_HUGEPAGE. */
static struct row *possible(struct lint_huge *huge, __u32 space, bool advised)
{
	const struct key key = { { space, advised } };

	return table_row(&huge->spaces, &key);
}

/* Memory with MADV_HUGEPAGE gets huge pages wherever other memory gets them. */
static int see_huge(struct lint_huge *huge, const struct fault_event *fault,
		    const struct space *space)
{
	const bool advised = fault->vm_flags & VM_HUGEPAGE;
	struct large *large = find(huge, space->number, fault->address,
				   fault->address + 1);

	if (large)
		large->huge = true;
	for (int i = advised; i < 2; i++) {
		struct row *row = possible(huge, space->number, i);

		if (!row)
			return -ENOMEM;
		row->stats.count++;
		row->live = true;
	}
	return 0;
}

/* Return true if the page could have been the first page of a huge page. */
static bool is_refused(const struct fault_event *fault, enum touch_order order)
{
	return order == TOUCH_FIRST &&
	       !(fault->before & MMAPDEMO_LEVEL_PMD) &&
	       !crosses(fault->address & -BLOCK_BYTES, fault->vma_start,
			fault->vma_end);
}

static int see_refused(struct lint_huge *huge, const struct fault_event *fault,
		       const struct space *space, struct large *large)
{
	const bool advised = fault->vm_flags & VM_HUGEPAGE;

	if (large)
		large->refused = true;
	for (int i = 0; i <= advised; i++) {
		struct row *row = possible(huge, space->number, i);

		if (!row)
			return -ENOMEM;
		row->live = false;
	}
	return 0;
}

static void see_edge(struct large *large, const struct fault_event *fault)
{
	__u64 base = fault->address & -BLOCK_BYTES;
	struct edge *edge = &large->edge[base >= large->start];

	edge->base = base;
	stats_add(&edge->storm, fault->duration);
}

int lint_huge_fault(struct lint_huge *huge, const struct fault_event *fault,
		    const struct space *space, enum touch_order order)
{
	struct large *large;
	struct row *row;

	if (fault->class == MMAPDEMO_FAULT_HUGE_ANON)
		return see_huge(huge, fault, space);
	if (order == TOUCH_LATER || fault->class != MMAPDEMO_FAULT_ANON || fault->ino ||
	    fault->vm_flags & VM_NOHUGEPAGE)
		return 0;
	large = find(huge, space->number, fault->address, fault->address + 1);
	if (is_refused(fault, order))
		return see_refused(huge, fault, space, large);
	if (!large || !is_edge(fault, large))
		return 0;
	row = possible(huge, space->number, fault->vm_flags & VM_HUGEPAGE);
	if (!row)
		return -ENOMEM;
	if (row->stats.count && !row->live)
		return 0;
	large->advised = fault->vm_flags & VM_HUGEPAGE;
	stats_add(&large->edges, fault->duration);
	if (order == TOUCH_FIRST)
		see_edge(large, fault);
	return 0;
}

static bool is_wanted(const struct large *large)
{
	return large->edges.count >= BLOCK_PAGES &&
	       missed(large->start, large->end);
}

/*
 * If a mapping missed huge pages, keep the mapping for the findings. Otherwise,
 * free the mapping.
 */
static void retire(struct lint_huge *huge, struct large *large)
{
	if (!is_wanted(large)) {
		free(large);
		return;
	}
	large->next = huge->unmapped;
	huge->unmapped = large;
}

/* Remove a range from the mapping. If two parts are left, keep only the larger part. */
static void cut(struct large *large, __u64 start, __u64 end)
{
	__u64 below = start > large->start ? start - large->start : 0;
	__u64 above = large->end > end ? large->end - end : 0;

	if (below >= above)
		large->end = large->start + below;
	else
		large->start = large->end - above;
}

void lint_huge_unlink(struct lint_huge *huge,
		      const struct unlink_event *unlink,
		      const struct space *space)
{
	struct large *large;

	while ((large = find(huge, space->number, unlink->start,
			     unlink->end))) {
		if (unlink->start <= large->start &&
		    unlink->end >= large->end) {
			tdelete(large, &huge->tree, compare);
			retire(huge, large);
		} else {
			cut(large, unlink->start, unlink->end);
		}
	}
}

/* ---- findings ---- */

static bool has_huge(struct lint_huge *huge, const struct large *large)
{
	const struct row *row = possible(huge, large->space, large->advised);

	return row && row->stats.count && (large->huge || !large->refused);
}

static int add(struct lint_huge *huge, const struct large *large,
	       struct findings *findings)
{
	const struct finding finding = {
		.kind = FINDING_UNALIGNED,
		.advice = large->by_malloc ? ADVICE_ALIGN_MALLOC :
					     ADVICE_ALIGN,
		.count = missed(large->start, large->end),
		.ns = large->edges.ns,
		.ranges = 1,
		.start = large->start,
		.end = large->end,
		.space = large->space,
		.pages = large->edges.count,
		.edges = { large->edge[0], large->edge[1] },
	};

	return has_huge(huge, large) ? findings_add(findings, &finding) : 0;
}

int lint_huge_findings(struct lint_huge *huge, struct findings *findings)
{
	int err = 0;

	while (huge->tree) {
		struct large *large = *(struct large **)huge->tree;

		tdelete(large, &huge->tree, compare);
		retire(huge, large);
	}
	for (const struct large *large = huge->unmapped; !err && large;
	     large = large->next)
		err = add(huge, large, findings);
	return err;
}

void lint_huge_free(struct lint_huge *huge)
{
	struct large *large = huge->unmapped, *next;

	tdestroy(huge->tree, free);
	table_free(&huge->spaces);
	for (; large; large = next) {
		next = large->next;
		free(large);
	}
	*huge = (struct lint_huge){ 0 };
}
