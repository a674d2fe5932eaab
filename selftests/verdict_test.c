// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reasons why a range was not merged. The tests cover every reason, by the
 * rules of every kernel. The tests even cover anon-name, which can't be tested
 * on a stock kernel. The tests require neither the module nor root.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;
#include "../module/trace/verdict.c"

/* ---- rules of each kernel ---- */

FIXTURE(verdict)
{
	const struct verdict_rules *rules;
	struct verdict_case c;
	u32 reason[VERDICT_SIDES];
	bool before_6_1;
	bool before_6_12;
	bool before_7_2;
	bool before_7_3;
};

FIXTURE_VARIANT(verdict)
{
	const struct verdict_rules *rules;
	int version;
};

#define RULES(name, number)						\
FIXTURE_VARIANT_ADD(verdict, linux_##name)				\
{									\
	.rules = &mmapdemo_verdict_##name, .version = number,		\
}
RULES(5_10, 510);
RULES(6_1, 601);
RULES(6_12, 612);
RULES(7_2, 702);
RULES(7_3, 703);

#define PAGES	2
#define PGOFF	100

/*
 * Set up a range between two neighbours. The range can be merged with both
 * neighbours.
 */
FIXTURE_SETUP(verdict)
{
	const struct verdict_vma vma = { .flags = 0x73, .pgoff = PGOFF };

	memset(self, 0, sizeof(*self));
	self->rules = variant->rules;
	self->before_6_1 = variant->version < 601;
	self->before_6_12 = variant->version < 612;
	self->before_7_2 = variant->version < 702;
	self->before_7_3 = variant->version < 703;
	self->c.cause = MMAPDEMO_CAUSE_MOVE;
	self->c.pages = PAGES;
	self->c.want = vma;
	self->c.side[VERDICT_PREV] = vma;
	self->c.side[VERDICT_NEXT] = vma;
	self->c.side[VERDICT_NEXT].pgoff += PAGES;
}

FIXTURE_TEARDOWN(verdict)
{
}

#define WANT	(self->c.want)
#define PREV	(self->c.side[VERDICT_PREV])
#define NEXT	(self->c.side[VERDICT_NEXT])

/*
 * Expect two reasons, one for each neighbour. A reason has its name in the
 * enum, for example EXPECT_VERDICT(MERGED, FLAGS).
 */
#define EXPECT_VERDICT(prev, next)					\
do {									\
	mmapdemo_verdict(self->rules, &self->c, self->reason);		\
	EXPECT_EQ(MMAPDEMO_REASON_##prev, self->reason[VERDICT_PREV]);	\
	EXPECT_EQ(MMAPDEMO_REASON_##next, self->reason[VERDICT_NEXT]);	\
} while (0)

/*
 * Give pages to a VMA. @links is 1 if the VMA was touched since the last fork.
 * @links is 2 if its pages were inherited by fork.
 */
static void touched(struct verdict_vma *vma, unsigned long anon_vma, u8 links)
{
	vma->anon_vma = anon_vma;
	vma->links = links;
}

TEST_F(verdict, equal_vmas_merge)
{
	EXPECT_VERDICT(MERGED, MERGED);
}

TEST_F(verdict, no_neighbour)
{
	self->c.barred[VERDICT_PREV] = MMAPDEMO_REASON_NO_NEIGHBOUR;
	EXPECT_VERDICT(NO_NEIGHBOUR, MERGED);
	self->c.barred[VERDICT_NEXT] = MMAPDEMO_REASON_NO_NEIGHBOUR;
	EXPECT_VERDICT(NO_NEIGHBOUR, NO_NEIGHBOUR);
}

TEST_F(verdict, inside)
{
	self->c.barred[VERDICT_NEXT] = MMAPDEMO_REASON_INSIDE;
	EXPECT_VERDICT(MERGED, INSIDE);
}

TEST_F(verdict, not_tried_comes_before_everything)
{
	WANT.flags |= 0x400;
	self->c.barred[VERDICT_PREV] = MMAPDEMO_REASON_NOT_TRIED;
	EXPECT_VERDICT(NOT_TRIED, SPECIAL);
}

TEST_F(verdict, merged_without_a_test)
{
	PREV.close = true;
	self->c.barred[VERDICT_PREV] = MMAPDEMO_REASON_MERGED;
	self->c.barred[VERDICT_NEXT] = MMAPDEMO_REASON_NOT_TRIED;
	EXPECT_VERDICT(MERGED, NOT_TRIED);
	WANT.flags |= 0x400;
	EXPECT_VERDICT(MERGED, NOT_TRIED);
}

TEST_F(verdict, special)
{
	static const u64 special[] = { 0x400, 0x4000, 0x40000, 0x10000000 };

	self->c.barred[VERDICT_PREV] = MMAPDEMO_REASON_NO_NEIGHBOUR;
	for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
		WANT.flags = NEXT.flags = 0x73 | special[i];
		EXPECT_VERDICT(SPECIAL, SPECIAL);
	}
	WANT.flags = NEXT.flags = 0x73 | 0x20000;
	EXPECT_VERDICT(NO_NEIGHBOUR, MERGED);
}

TEST_F(verdict, policy)
{
	PREV.policy = 1;
	EXPECT_VERDICT(POLICY, MERGED);
	WANT.policy = 1;
	EXPECT_VERDICT(MERGED, POLICY);
}

TEST_F(verdict, flags)
{
	PREV.flags = 0x71;
	EXPECT_VERDICT(FLAGS, MERGED);
	EXPECT_EQ(0x2, mmapdemo_verdict_flags(self->rules, &self->c,
					      VERDICT_PREV));
	EXPECT_EQ(0, mmapdemo_verdict_flags(self->rules, &self->c,
					    VERDICT_NEXT));
}

TEST_F(verdict, flags_that_stick_do_not_count)
{
	PREV.flags |= 0x8000000;	/* VM_SOFTDIRTY */
	EXPECT_VERDICT(MERGED, MERGED);
	NEXT.flags |= 0x800;		/* VM_MAYBE_GUARD exists since Linux 6.19 */
	if (self->before_7_2)
		EXPECT_VERDICT(MERGED, FLAGS);
	else
		EXPECT_VERDICT(MERGED, MERGED);
}

TEST_F(verdict, file)
{
	WANT.file = 1;
	EXPECT_VERDICT(FILE, FILE);
	PREV.file = 1;
	EXPECT_VERDICT(MERGED, FILE);
	NEXT.file = 2;
	EXPECT_VERDICT(MERGED, FILE);
}

TEST_F(verdict, uffd)
{
	PREV.uffd = 1;
	NEXT.uffd = 2;
	EXPECT_VERDICT(UFFD, UFFD);
	WANT.uffd = 2;
	EXPECT_VERDICT(UFFD, MERGED);
}

/* Linux 5.10 does not support names for anonymous memory. */
TEST_F(verdict, anon_name)
{
	PREV.name = 1;
	if (self->before_6_1) {
		EXPECT_VERDICT(MERGED, MERGED);
		return;
	}
	EXPECT_VERDICT(ANON_NAME, MERGED);
	WANT.name = 1;
	EXPECT_VERDICT(MERGED, ANON_NAME);
}

TEST_F(verdict, pgoff)
{
	PREV.pgoff--;
	NEXT.pgoff++;
	EXPECT_VERDICT(PGOFF, PGOFF);
	WANT.pgoff--;
	EXPECT_VERDICT(MERGED, PGOFF);
	self->c.pages += 2;
	EXPECT_VERDICT(MERGED, MERGED);
}

/*
 * If memory was moved, its page offsets may be smaller than those of the memory
 * below it.
 */
TEST_F(verdict, offsets_wrap_as_the_kernels_do)
{
	WANT.pgoff = PREV.pgoff = -1ULL;
	NEXT.pgoff = PAGES - 1;
	EXPECT_VERDICT(MERGED, MERGED);
}

/* mremap() moved a private file mapping, whose pages had been written to. */
TEST_F(verdict, anon_pgoff_of_a_file)
{
	NEXT.anon_pgoff = PAGES;
	EXPECT_VERDICT(MERGED, MERGED);
	WANT.file = PREV.file = NEXT.file = 1;
	EXPECT_VERDICT(MERGED, MERGED);
	WANT.anon_pgoff = 1;
	if (self->before_7_3)
		EXPECT_VERDICT(MERGED, MERGED);
	else
		EXPECT_VERDICT(ANON_PGOFF, ANON_PGOFF);
	PREV.pgoff++;
	if (self->before_7_3)
		EXPECT_VERDICT(PGOFF, MERGED);
	else
		EXPECT_VERDICT(PGOFF, ANON_PGOFF);
}

TEST_F(verdict, anon_pgoff_of_memory_and_of_a_shared_file)
{
	WANT.anon_pgoff = 1;
	EXPECT_VERDICT(MERGED, MERGED);
	WANT.file = PREV.file = NEXT.file = 1;
	WANT.flags = PREV.flags = NEXT.flags = 0xfb;
	EXPECT_VERDICT(MERGED, MERGED);
	WANT.flags = PREV.flags = NEXT.flags = 0x51;
	EXPECT_VERDICT(MERGED, MERGED);
}

/* ---- anonymous pages ---- */

TEST_F(verdict, untouched_goes_to_touched)
{
	touched(&PREV, 1, 1);
	EXPECT_VERDICT(MERGED, MERGED);
	touched(&NEXT, 1, 1);
	EXPECT_VERDICT(MERGED, MERGED);
}

TEST_F(verdict, touched_goes_to_untouched_since_6_16)
{
	touched(&WANT, 1, 1);
	if (self->before_7_2)
		EXPECT_VERDICT(FAULTED, FAULTED);
	else
		EXPECT_VERDICT(MERGED, MERGED);
}

TEST_F(verdict, anon_vma)
{
	touched(&WANT, 1, 1);
	touched(&PREV, 2, 1);
	touched(&NEXT, 1, 1);
	EXPECT_VERDICT(ANON_VMA, MERGED);
}

/*
 * If pages were inherited by fork(), the chain of the VMA also contains the
 * parent's anon_vma.
 */
TEST_F(verdict, forked)
{
	touched(&PREV, 1, 2);
	EXPECT_VERDICT(FORKED, MERGED);
	touched(&WANT, 1, 2);
	touched(&NEXT, 1, 2);
	EXPECT_VERDICT(MERGED, MERGED);
}

TEST_F(verdict, forked_does_not_go_to_untouched)
{
	touched(&WANT, 1, 2);
	if (self->before_7_2)
		EXPECT_VERDICT(FAULTED, FAULTED);
	else
		EXPECT_VERDICT(FORKED, FORKED);
}

/*
 * The range could be merged with each neighbour, but the neighbours could not
 * be merged with each other. The range is merged with the neighbour that is
 * compared first.
 */
TEST_F(verdict, other_side)
{
	touched(&PREV, 1, 1);
	touched(&NEXT, 2, 1);
	EXPECT_VERDICT(MERGED, OTHER_SIDE);
	self->c.cause = MMAPDEMO_CAUSE_MMAP;
	if (self->before_6_1 || !self->before_6_12)
		EXPECT_VERDICT(MERGED, OTHER_SIDE);
	else
		EXPECT_VERDICT(OTHER_SIDE, MERGED);
	self->c.again = true;
	EXPECT_VERDICT(MERGED, OTHER_SIDE);
}

/*
 * mmap() of Linux 6.1 first tries to merge the range with the next VMA. If it can, the
 * previous VMA is merged, too, only if its anon_vma is compatible with that of the next
 * VMA. Here, the previous VMA has no anon_vma, which is not compatible.
 */
TEST_F(verdict, untouched_below_touched_in_6_1)
{
	self->c.cause = MMAPDEMO_CAUSE_MMAP;
	touched(&NEXT, 1, 1);
	if (self->before_6_1 || !self->before_6_12)
		EXPECT_VERDICT(MERGED, MERGED);
	else
		EXPECT_VERDICT(OTHER_SIDE, MERGED);
	/*
	 * If the next VMA can't be merged for another reason, its anon_vma does
	 * not matter.
	 */
	NEXT.flags = 0x71;
	EXPECT_VERDICT(MERGED, FLAGS);
}

TEST_F(verdict, a_neighbours_own_reason_comes_first)
{
	self->c.cause = MMAPDEMO_CAUSE_MMAP;
	touched(&PREV, 1, 2);
	touched(&NEXT, 2, 1);
	EXPECT_VERDICT(FORKED, MERGED);
	PREV.flags = 0x71;
	EXPECT_VERDICT(FLAGS, MERGED);
}

/*
 * The previous VMA is forked memory, and has the same anon_vma as the next VMA.
 * Because of the next VMA, Linux 6.1 merges the range with the previous VMA, too.
 */
TEST_F(verdict, next_vouches_for_prev_in_6_1)
{
	self->c.cause = MMAPDEMO_CAUSE_MMAP;
	touched(&PREV, 1, 2);
	touched(&NEXT, 1, 1);
	if (self->before_6_1 || !self->before_6_12)
		EXPECT_VERDICT(FORKED, MERGED);
	else
		EXPECT_VERDICT(MERGED, MERGED);
}

/* ---- .close ---- */

TEST_F(verdict, close_of_a_neighbour)
{
	PREV.close = true;
	if (self->before_6_12)
		EXPECT_VERDICT(CLOSE, MERGED);
	else
		EXPECT_VERDICT(MERGED, MERGED);
	NEXT.close = true;
	if (self->before_6_12)
		EXPECT_VERDICT(CLOSE, CLOSE);
	else	/* a merge would remove the next VMA */
		EXPECT_VERDICT(MERGED, CLOSE);
	PREV.flags = 0x71;
	if (self->before_6_12)
		EXPECT_VERDICT(FLAGS, CLOSE);
	else	/* a merge extends the next VMA */
		EXPECT_VERDICT(FLAGS, MERGED);
}

TEST_F(verdict, close_of_the_changed_vma)
{
	self->c.cause = MMAPDEMO_CAUSE_CHANGE;
	WANT.close = PREV.close = NEXT.close = true;
	self->c.barred[VERDICT_NEXT] = MMAPDEMO_REASON_INSIDE;
	if (self->before_6_12)
		EXPECT_VERDICT(CLOSE, INSIDE);
	else	/* a merge moves only the border between the VMAs */
		EXPECT_VERDICT(MERGED, INSIDE);
	self->c.barred[VERDICT_NEXT] = 0;
	self->c.whole = true;
	EXPECT_VERDICT(CLOSE, CLOSE);
}

/* ---- order of the tests ---- */

/*
 * The neighbour differs from the range in every property. The reason is the
 * first difference. The test then removes one difference after the other.
 */
TEST_F(verdict, first_difference_in_the_order_of_the_kernel)
{
	const struct verdict_vma next = NEXT;

	WANT.anon_vma = 1;
	WANT.links = 1;
	NEXT = (struct verdict_vma) {
		.policy = 1, .flags = 1, .file = 1, .close = true, .uffd = 1,
		.name = 1, .anon_vma = 2, .links = 1, .pgoff = 7,
	};
	PREV.flags = 0x71;
	EXPECT_VERDICT(FLAGS, POLICY);
	NEXT.policy = 0;
	EXPECT_VERDICT(FLAGS, FLAGS);
	NEXT.flags = next.flags;
	EXPECT_VERDICT(FLAGS, FILE);
	NEXT.file = 0;
	if (self->before_6_12)
		EXPECT_VERDICT(FLAGS, CLOSE);
	NEXT.close = false;
	EXPECT_VERDICT(FLAGS, UFFD);
	NEXT.uffd = 0;
	if (!self->before_6_1)
		EXPECT_VERDICT(FLAGS, ANON_NAME);
	NEXT.name = 0;
	EXPECT_VERDICT(FLAGS, ANON_VMA);
	NEXT.anon_vma = 1;
	EXPECT_VERDICT(FLAGS, PGOFF);
	NEXT.pgoff = next.pgoff;
	EXPECT_VERDICT(FLAGS, MERGED);
}

TEST_HARNESS_MAIN
