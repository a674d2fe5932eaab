// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file finds the reason why a range was not merged with a neighbour.
 *
 * The kernel compares the range with the previous and the next VMA, and gives
 * up at the first difference. This file compares the properties that the kernel
 * compares, in the kernel's order. There is a table of tests for each kernel
 * series that changed the order. The tests mirror vma_merge(), mmap_region(),
 * can_vma_merge_before(), can_vma_merge_after(), is_mergeable_vma() and
 * is_mergeable_anon_vma() of mm/mmap.c, and since Linux 6.12,
 * vma_merge_new_range() and vma_merge_existing_range() of mm/vma.c.
 *
 * This file uses types of the kernel, but no functions of the kernel, so that a
 * test can build it.
 */
#include "mmapdemo.h"
#include "trace/verdict.h"

/*
 * VM_* as literals. All these flags except FLAG_MAYBE_GUARD exist on every
 * kernel. snapshot.c asserts the values.
 */
#define FLAGS_SPECIAL	(0x400 | 0x4000 | 0x40000 | 0x10000000)
#define FLAG_SHARED	0x8
#define FLAG_MAYWRITE	0x20
#define FLAG_SOFTDIRTY	0x8000000
#define FLAG_MAYBE_GUARD 0x800

#define TESTS_MAX 9

/**
 * struct verdict_rules - the rules by which a kernel compares VMAs
 * @tests: the tests of a neighbour, in the order in which the kernel makes
 *	them. An element is the enum mmapdemo_reason of a neighbour that fails
 *	the test. The array ends with 0
 * @ignored: VM_* that may differ in merged VMAs
 * @unfaulted: true if a range with pages can be merged with a neighbour without
 *	pages
 * @close_removed: true if .close matters only for a VMA that the merge would
 *	remove
 * @next_first: true if the first attempt of mmap() compares the range with the
 *	next VMA, and then compares the previous VMA with the range and the next
 *	VMA
 */
struct verdict_rules {
	u8 tests[TESTS_MAX];
	u64 ignored;
	bool unfaulted;
	bool close_removed;
	bool next_first;
};

const struct verdict_rules mmapdemo_verdict_5_10 = {
	.tests = {
		MMAPDEMO_REASON_POLICY,
		MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE,
		MMAPDEMO_REASON_CLOSE,
		MMAPDEMO_REASON_UFFD,
		MMAPDEMO_REASON_ANON_VMA,
		MMAPDEMO_REASON_PGOFF,
	},
	.ignored = FLAG_SOFTDIRTY,
};

const struct verdict_rules mmapdemo_verdict_6_1 = {
	.tests = {
		MMAPDEMO_REASON_POLICY,
		MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE,
		MMAPDEMO_REASON_CLOSE,
		MMAPDEMO_REASON_UFFD,
		MMAPDEMO_REASON_ANON_NAME,
		MMAPDEMO_REASON_ANON_VMA,
		MMAPDEMO_REASON_PGOFF,
	},
	.ignored = FLAG_SOFTDIRTY,
	.next_first = true,
};

const struct verdict_rules mmapdemo_verdict_6_12 = {
	.tests = {
		MMAPDEMO_REASON_POLICY,
		MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE,
		MMAPDEMO_REASON_UFFD,
		MMAPDEMO_REASON_ANON_NAME,
		MMAPDEMO_REASON_ANON_VMA,
		MMAPDEMO_REASON_PGOFF,
	},
	.ignored = FLAG_SOFTDIRTY,
	.close_removed = true,
};

const struct verdict_rules mmapdemo_verdict_7_2 = {
	.tests = {
		MMAPDEMO_REASON_POLICY,
		MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE,
		MMAPDEMO_REASON_UFFD,
		MMAPDEMO_REASON_ANON_NAME,
		MMAPDEMO_REASON_ANON_VMA,
		MMAPDEMO_REASON_PGOFF,
	},
	.ignored = FLAG_SOFTDIRTY | FLAG_MAYBE_GUARD,
	.unfaulted = true,
	.close_removed = true,
};

const struct verdict_rules mmapdemo_verdict_7_3 = {
	.tests = {
		MMAPDEMO_REASON_POLICY,
		MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE,
		MMAPDEMO_REASON_UFFD,
		MMAPDEMO_REASON_ANON_NAME,
		MMAPDEMO_REASON_ANON_VMA,
		MMAPDEMO_REASON_PGOFF,
		MMAPDEMO_REASON_ANON_PGOFF,
	},
	.ignored = FLAG_SOFTDIRTY | FLAG_MAYBE_GUARD,
	.unfaulted = true,
	.close_removed = true,
};

/**
 * mmapdemo_verdict_flags - return the flags that prevent a merge with a
 *	neighbour
 * @rules: rules of this kernel
 * @c: the range and its neighbours
 * @side: VERDICT_PREV or VERDICT_NEXT; there must be a VMA on this side
 *
 * Return: VM_* that differ between the range and the neighbour, without those
 * that the kernel ignores.
 */
u64 mmapdemo_verdict_flags(const struct verdict_rules *rules,
			   const struct verdict_case *c, int side)
{
	return (c->want.flags ^ c->side[side].flags) & ~rules->ignored;
}

/*
 * Return true if the VMA was copied by fork(), so that the VMA may share
 * anonymous pages with the parent process.
 */
static bool forked(const struct verdict_vma *vma)
{
	return vma->anon_vma && vma->links != 1;
}

/*
 * Mirrors is_mergeable_anon_vma(). The rule of older kernels checks only the
 * anon_vma_chain of the neighbour, which is empty if the neighbour has no pages
 * yet.
 */
static u32 test_anon_vma(const struct verdict_rules *rules,
			 const struct verdict_vma *want,
			 const struct verdict_vma *vma)
{
	if (want->anon_vma == vma->anon_vma)
		return MMAPDEMO_REASON_MERGED;
	if (want->anon_vma && vma->anon_vma)
		return MMAPDEMO_REASON_ANON_VMA;
	if (!want->anon_vma)
		return forked(vma) ? MMAPDEMO_REASON_FORKED :
				     MMAPDEMO_REASON_MERGED;
	if (!rules->unfaulted)
		return MMAPDEMO_REASON_FAULTED;
	return forked(want) ? MMAPDEMO_REASON_FORKED : MMAPDEMO_REASON_MERGED;
}

/* Mirrors needs_adjacent_anon_pgoff(). */
static bool copies_file(const struct verdict_vma *want)
{
	return want->file &&
	       (want->flags & (FLAG_SHARED | FLAG_MAYWRITE)) == FLAG_MAYWRITE;
}

static u32 test(const struct verdict_rules *rules, const struct verdict_case *c,
		int side, const struct verdict_vma *want, u32 which)
{
	const struct verdict_vma *vma = &c->side[side];
	u64 pages = side == VERDICT_NEXT ? c->pages : 0;
	bool same = true;

	switch (which) {
	case MMAPDEMO_REASON_POLICY:
		same = vma->policy == want->policy;
		break;
	case MMAPDEMO_REASON_FLAGS:
		same = !mmapdemo_verdict_flags(rules, c, side);
		break;
	case MMAPDEMO_REASON_FILE:
		same = vma->file == want->file;
		break;
	case MMAPDEMO_REASON_CLOSE:
		same = !vma->close;
		break;
	case MMAPDEMO_REASON_UFFD:
		same = vma->uffd == want->uffd;
		break;
	case MMAPDEMO_REASON_ANON_NAME:
		same = vma->name == want->name;
		break;
	case MMAPDEMO_REASON_ANON_VMA:
		return test_anon_vma(rules, want, vma);
	case MMAPDEMO_REASON_PGOFF:
		same = vma->pgoff == want->pgoff + pages;
		break;
	case MMAPDEMO_REASON_ANON_PGOFF:
		same = !copies_file(want) ||
		       vma->anon_pgoff == want->anon_pgoff + pages;
		break;
	}
	return same ? MMAPDEMO_REASON_MERGED : which;
}

/*
 * Compare the range with one neighbour alone. Return the first test that fails,
 * or "merged".
 */
static u32 alone(const struct verdict_rules *rules, const struct verdict_case *c,
		 int side, const struct verdict_vma *want)
{
	u32 barred = c->barred[side];
	u32 reason = MMAPDEMO_REASON_MERGED;
	int i;

	if (barred == MMAPDEMO_REASON_NOT_TRIED ||
	    barred == MMAPDEMO_REASON_MERGED)
		return barred;
	if (want->flags & FLAGS_SPECIAL)
		return MMAPDEMO_REASON_SPECIAL;
	if (barred)
		return barred;
	for (i = 0; rules->tests[i] && reason == MMAPDEMO_REASON_MERGED; i++)
		reason = test(rules, c, side, want, rules->tests[i]);
	return reason;
}

/*
 * If each neighbour could be merged with the range, but not both together, the
 * kernel merges only the previous VMA.
 */
static void together(const struct verdict_case *c, u32 *reason)
{
	unsigned long prev = c->side[VERDICT_PREV].anon_vma;
	unsigned long next = c->side[VERDICT_NEXT].anon_vma;

	if (prev && next && prev != next)
		reason[VERDICT_NEXT] = MMAPDEMO_REASON_OTHER_SIDE;
}

/*
 * In mmap_region() of Linux 6.1, if the next VMA can be merged, the anon_vma of
 * the previous VMA must be compatible with the anon_vma of the next VMA.
 */
static void next_first(const struct verdict_rules *rules,
		       const struct verdict_case *c, u32 *reason)
{
	struct verdict_vma want = c->want;
	u32 prev;

	want.anon_vma = c->side[VERDICT_NEXT].anon_vma;
	prev = alone(rules, c, VERDICT_PREV, &want);
	if (prev == MMAPDEMO_REASON_MERGED)
		reason[VERDICT_PREV] = prev;
	else if (reason[VERDICT_PREV] == MMAPDEMO_REASON_MERGED)
		reason[VERDICT_PREV] = MMAPDEMO_REASON_OTHER_SIDE;
}

/* A VMA with .close can be extended, but a merge never removes it. */
static void keep_closing(const struct verdict_case *c, u32 *reason)
{
	bool prev = reason[VERDICT_PREV] == MMAPDEMO_REASON_MERGED;
	bool next = reason[VERDICT_NEXT] == MMAPDEMO_REASON_MERGED;

	if (c->whole && c->want.close) {
		if (prev)
			reason[VERDICT_PREV] = MMAPDEMO_REASON_CLOSE;
		if (next)
			reason[VERDICT_NEXT] = MMAPDEMO_REASON_CLOSE;
	} else if (prev && next && c->side[VERDICT_NEXT].close) {
		reason[VERDICT_NEXT] = MMAPDEMO_REASON_CLOSE;
	}
}

/**
 * mmapdemo_verdict - find out why a range is not merged with its neighbours
 * @rules: rules of this kernel
 * @c: the range and its neighbours, as they were before the change
 * @reason: out: enum mmapdemo_reason for each side: "merged", or the first test
 *	that fails
 *
 * The kernel decides by these rules. But a merge that the rules allow may still
 * fail for lack of memory.
 */
void mmapdemo_verdict(const struct verdict_rules *rules,
		      const struct verdict_case *c, u32 reason[VERDICT_SIDES])
{
	int side;

	for (side = 0; side < VERDICT_SIDES; side++)
		reason[side] = alone(rules, c, side, &c->want);
	if (rules->next_first && c->cause == MMAPDEMO_CAUSE_MMAP && !c->again &&
	    reason[VERDICT_NEXT] == MMAPDEMO_REASON_MERGED)
		next_first(rules, c, reason);
	else if (reason[VERDICT_PREV] == MMAPDEMO_REASON_MERGED &&
		 reason[VERDICT_NEXT] == MMAPDEMO_REASON_MERGED)
		together(c, reason);
	if (rules->close_removed)
		keep_closing(c, reason);
}
