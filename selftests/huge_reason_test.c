// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reasons why the first touch of 2 MiB maps no huge page: module/trace/huge_reason.c, by
 * the rules of every kernel. There is a test for each reason, and for each reason a
 * similar case with another answer. huge_rules_test covers the tests that precede the
 * touch. fault_huge_reason_test checks that the kernel decides in the same way.
 *
 * Depends on: nothing.
 */
#include "huge_kernels.h"
#include "../module/trace/huge_reason.c"

#define SMALL	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_WRITE | MMAPDEMO_ENTRY_ANON)
#define BIG	(SMALL | MMAPDEMO_ENTRY_HUGE)
#define ZERO	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_HUGE)

FIXTURE(reason)
{
	const struct huge_rules *rules;
	struct huge_facts facts;
	struct huge_result result;
	bool since_6_1, since_6_12, since_7_2;
};

HUGE_KERNELS(reason);

/*
 * A write to anonymous memory of 4 MiB mapped a page of 4 KiB. The module knows the same
 * facts.
 */
FIXTURE_SETUP(reason)
{
	memset(self, 0, sizeof(*self));
	self->rules = huge_release(variant->release).rules;
	self->since_6_1 = variant->version >= 601;
	self->since_6_12 = variant->version >= 612;
	self->since_7_2 = variant->version >= 702;
	self->facts = (struct huge_facts){
		.address = AT,
		.start = AT,
		.end = AT + 2 * HUGE,
		.flags = RW,
		.touch = HUGE_TOUCH_WRITE,
		.allowed = HUGE_FACT_YES,
		.advised_only = HUGE_FACT_NO,
		.uncached = true,
		.settings.supported = true,
	};
	self->result = (struct huge_result){ .after = SMALL, .folio = 1 };
}

FIXTURE_TEARDOWN(reason)
{
}

#define FACTS	(self->facts)
#define RESULT	(self->result)
#define EXPECT_REASON(wanted)						\
	EXPECT_EQ(MMAPDEMO_HUGE_##wanted,				\
		  mmapdemo_huge_reason(self->rules, &self->facts, &self->result))

#define EXPECT_REASON_IF(condition, wanted, other)			\
	EXPECT_EQ(condition ? MMAPDEMO_HUGE_##wanted : MMAPDEMO_HUGE_##other, \
		  mmapdemo_huge_reason(self->rules, &self->facts, &self->result))

/* Make the memory a file. Read accesses need no copy. */
static void map_file(FIXTURE_DATA(reason) *self, enum huge_kind kind)
{
	FACTS.kind = kind;
	FACTS.flags |= VM_SHARED | VM_MAYSHARE;
	RESULT.after = MMAPDEMO_ENTRY_PRESENT;
}

/* ---- the fault ---- */

TEST_F(reason, a_huge_page_is_mapped_whatever_the_facts_are)
{
	RESULT.after = BIG;
	RESULT.folio = HUGE_PAGES;
	EXPECT_REASON(MAPPED);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(MAPPED);
	RESULT.after = ZERO;
	EXPECT_REASON(MAPPED);
}

TEST_F(reason, a_fault_that_maps_nothing_has_no_reason)
{
	RESULT.after = 0;
	EXPECT_REASON(NONE);
	RESULT.after = MMAPDEMO_ENTRY_SWAP;
	EXPECT_REASON(NONE);
}

TEST_F(reason, hugetlbfs_has_no_reason)
{
	FACTS.kind = HUGE_KIND_POOL;
	EXPECT_REASON(NONE);
}

TEST_F(reason, a_table_that_another_thread_made)
{
	EXPECT_REASON(SETTING);
	FACTS.entry = HUGE_ENTRY_TABLE;
	EXPECT_REASON(TABLE);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
}

/* ---- the huge zero page ---- */

TEST_F(reason, a_write_after_a_read)
{
	RESULT.before = ZERO;
	if (!self->since_7_2) {
		EXPECT_REASON(ZERO);
	} else {
		EXPECT_REASON(UNKNOWN);
		RESULT.fallback = HUGE_FALLBACK_MEMORY;
		EXPECT_REASON(MEMORY);
		RESULT.fallback = HUGE_FALLBACK_CGROUP;
		EXPECT_REASON(CGROUP);
	}
	RESULT.after = BIG;
	EXPECT_REASON(MAPPED);
	RESULT.after = ZERO;
	EXPECT_REASON(NONE);
}

/* A huge page that a child shares is not the huge zero page. */
TEST_F(reason, a_write_to_another_huge_page_is_no_first_touch)
{
	RESULT.before = ZERO | MMAPDEMO_ENTRY_ANON;
	EXPECT_REASON(NONE);
	RESULT.after = BIG;
	EXPECT_REASON(NONE);
	RESULT.before = ZERO;
	FACTS.kind = HUGE_KIND_TMPFS;
	EXPECT_REASON(NONE);
}

/* ---- tests of anonymous memory ---- */

TEST_F(reason, only_a_setting_remains)
{
	EXPECT_REASON(SETTING);
	RESULT.fallback = HUGE_FALLBACK_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
}

TEST_F(reason, allocations_are_counted)
{
	RESULT.fallback = HUGE_FALLBACK_MEMORY;
	EXPECT_REASON(MEMORY);
	RESULT.fallback = HUGE_FALLBACK_CGROUP;
	EXPECT_REASON(CGROUP);
	/* Another task's allocation failed, because this fault wanted no huge page. */
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
}

TEST_F(reason, the_kernel_has_no_huge_pages)
{
	FACTS.settings.supported = false;
	EXPECT_REASON(KERNEL);
}

TEST_F(reason, prctl_forbids_huge_pages)
{
	FACTS.allowed = HUGE_FACT_NO;
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(PRCTL);
}

TEST_F(reason, prctl_asks_for_advice)
{
	FACTS.advised_only = HUGE_FACT_YES;
	EXPECT_REASON_IF(self->since_7_2, PRCTL_ADVISED, SETTING);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(SETTING);
}

TEST_F(reason, special_memory)
{
	FACTS.flags |= 0x40000;
	EXPECT_REASON_IF(self->since_6_1 && !self->since_6_12, SPECIAL, SETTING);
}

TEST_F(reason, the_temporary_stack)
{
	FACTS.stack = true;
	EXPECT_REASON(STACK);
	/* The stack of exec is also shorter than 2 MiB. */
	FACTS.end = AT + SMALL_PAGE;
	EXPECT_REASON(STACK);
}

TEST_F(reason, a_page_is_missing)
{
	FACTS.end = AT + HUGE - SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.end += SMALL_PAGE;
	EXPECT_REASON(SETTING);
	FACTS.start += SMALL_PAGE;
	EXPECT_REASON(RANGE);
}

TEST_F(reason, userfaultfd_comes_last)
{
	FACTS.flags |= VM_UFFD_MISSING;
	EXPECT_REASON(UFFD);
	RESULT.fallback = HUGE_FALLBACK_MEMORY;
	EXPECT_REASON(MEMORY);
	RESULT.fallback = HUGE_FALLBACK_NONE;
	FACTS.entry = HUGE_ENTRY_TABLE;
	EXPECT_REASON(UFFD);
}

/* ---- files ---- */

TEST_F(reason, a_device_maps_its_memory)
{
	FACTS.kind = HUGE_KIND_DRIVER;
	EXPECT_REASON(DRIVER);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(DRIVER);
}

TEST_F(reason, the_page_cache_has_smaller_folios)
{
	map_file(self, HUGE_KIND_FILE);
	EXPECT_REASON(FILE);
	RESULT.folio = HUGE_PAGES / 2;
	EXPECT_REASON(FILE);
	RESULT.folio = HUGE_PAGES;
	EXPECT_REASON(UNKNOWN);
}

TEST_F(reason, a_file_does_not_fit_into_the_vma)
{
	map_file(self, HUGE_KIND_FILE);
	RESULT.folio = HUGE_PAGES;
	FACTS.end = AT + HUGE - SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.end += SMALL_PAGE;
	FACTS.offset = SMALL_PAGE;
	EXPECT_REASON(PGOFF);
}

TEST_F(reason, a_copied_page_is_small)
{
	map_file(self, HUGE_KIND_FILE);
	FACTS.flags &= ~(VM_SHARED | VM_MAYSHARE);
	EXPECT_REASON(COPY);
	FACTS.touch = HUGE_TOUCH_READ;
	EXPECT_REASON(FILE);
}

/* Before Linux 6.12, only the allocation of shmem looks at MADV_NOHUGEPAGE. */
TEST_F(reason, shmem_was_in_the_page_cache)
{
	map_file(self, HUGE_KIND_TMPFS);
	FACTS.uncached = false;
	EXPECT_REASON(FILE);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON_IF(self->since_6_12, NOHUGEPAGE, FILE);
	RESULT.folio = HUGE_PAGES;
	FACTS.offset = HUGE / 2;
	EXPECT_REASON_IF(self->since_6_12, NOHUGEPAGE, PGOFF);
}

TEST_F(reason, shmem_is_allocated)
{
	map_file(self, HUGE_KIND_TMPFS);
	EXPECT_REASON(SHMEM);
	RESULT.fallback = HUGE_FALLBACK_MEMORY;
	EXPECT_REASON(MEMORY);
	RESULT.fallback = HUGE_FALLBACK_CGROUP;
	EXPECT_REASON(CGROUP);
	RESULT.fallback = HUGE_FALLBACK_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
}

/* The allocation was huge, but the VMA ends too early. */
TEST_F(reason, shmem_has_a_huge_page_that_does_not_fit)
{
	map_file(self, HUGE_KIND_TMPFS);
	RESULT.folio = HUGE_PAGES;
	FACTS.end = AT + HUGE - SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.end += SMALL_PAGE;
	EXPECT_REASON(UNKNOWN);
}

TEST_HARNESS_MAIN
