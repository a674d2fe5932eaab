// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reasons why the next touch of memory does not map a huge page. The tests cover
 * every reason, by the rules of every kernel, and for each reason a similar case
 * with another answer.
 *
 * Depends on: nothing.
 */
#include "huge_kernels.h"


FIXTURE(huge)
{
	const struct huge_rules *rules;
	struct huge_facts facts;
	bool since_6_12;
	bool since_7_2;
};

HUGE_KERNELS(huge);

/* Set up 4 MiB of memory that was never touched, and that gets huge pages. */
FIXTURE_SETUP(huge)
{
	memset(self, 0, sizeof(*self));
	self->rules = huge_release(variant->release).rules;
	self->since_6_12 = variant->version >= 612;
	self->since_7_2 = variant->version >= 702;
	self->facts = (struct huge_facts){
		.address = AT,
		.start = AT,
		.end = AT + 2 * HUGE,
		.flags = RW,
		.allowed = HUGE_FACT_YES,
		.eligible = HUGE_FACT_YES,
		.mount = HUGE_SET_ALWAYS,
		.file_size = 2 * HUGE,
		.sized = true,
		.uncached = true,
		.settings = {
			.supported = true,
			.enabled = HUGE_SET_ALWAYS,
			.size = HUGE_SET_INHERIT,
			.shmem = HUGE_SET_ALWAYS,
			.shmem_size = HUGE_SET_INHERIT,
		},
	};
}

FIXTURE_TEARDOWN(huge)
{
}

#define FACTS (self->facts)
#define SETTINGS (self->facts.settings)
#define JUDGE() mmapdemo_huge_judge(self->rules, &self->facts)
#define EXPECT_REASON(wanted) EXPECT_EQ(HUGE_##wanted, JUDGE().reason)

/* Make the memory shmem: of a file, or shared anonymous memory. */
static void share(FIXTURE_DATA(huge) *self, enum huge_kind kind)
{
	FACTS.kind = kind;
	FACTS.flags |= VM_SHARED | VM_MAYSHARE;
}

/* ---- the state of the memory ---- */

TEST_F(huge, untouched_memory_gets_a_huge_page)
{
	EXPECT_REASON(NEXT);
	EXPECT_EQ(0U, JUDGE().failed);
	EXPECT_EQ(0U, JUDGE().unseen);
}

TEST_F(huge, a_huge_page_is_mapped)
{
	FACTS.entry = HUGE_ENTRY_HUGE;
	EXPECT_REASON(MAPPED);
	EXPECT_EQ(0U, JUDGE().failed);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(MAPPED);
}

TEST_F(huge, a_page_table_is_there)
{
	FACTS.entry = HUGE_ENTRY_TABLE;
	EXPECT_REASON(TABLE);
	EXPECT_EQ(huge_bit(HUGE_TABLE), JUDGE().failed);
}

/* The touch that made the page table already failed the other test. */
TEST_F(huge, another_test_explains_the_page_table)
{
	FACTS.entry = HUGE_ENTRY_TABLE;
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
	EXPECT_EQ(huge_bit(HUGE_TABLE) | huge_bit(HUGE_NOHUGEPAGE),
		  JUDGE().failed);
}

/* An empty page table can remain after MADV_DONTNEED. pagemap does not show it. */
TEST_F(huge, a_page_table_may_be_there)
{
	FACTS.entry = HUGE_ENTRY_BARE;
	EXPECT_REASON(NEXT);
	EXPECT_EQ(huge_bit(HUGE_TABLE), JUDGE().unseen);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
}

TEST_F(huge, memory_was_read_first)
{
	FACTS.entry = HUGE_ENTRY_ZERO;
	EXPECT_EQ(self->since_7_2 ? HUGE_NEXT : HUGE_ZERO, JUDGE().reason);
	FACTS.flags = VM_READ;
	EXPECT_REASON(ZERO);
	FACTS.flags = RW;
	FACTS.cgroup_full = true;
	EXPECT_EQ(self->since_7_2 ? HUGE_UNKNOWN : HUGE_ZERO, JUDGE().reason);
	SETTINGS.defrag = HUGE_SET_NEVER;
	EXPECT_EQ(self->since_7_2 ? HUGE_CGROUP : HUGE_ZERO, JUDGE().reason);
}

TEST_F(huge, pages_are_small_or_huge)
{
	FACTS.entry = HUGE_ENTRY_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
	EXPECT_EQ(huge_bit(HUGE_TABLE), JUDGE().unseen);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(UNKNOWN);
}

/* ---- the VMA ---- */

TEST_F(huge, no_access_is_allowed)
{
	FACTS.flags = 0;
	EXPECT_REASON(ACCESS);
	FACTS.flags = VM_EXEC;
	EXPECT_REASON(NEXT);
	FACTS.flags = VM_WRITE;
	EXPECT_REASON(NEXT);
	FACTS.flags = VM_READ;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, the_program_wants_no_huge_pages)
{
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
	FACTS.flags = RW | VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, prctl_disables_huge_pages)
{
	FACTS.allowed = HUGE_FACT_NO;
	EXPECT_REASON(PRCTL);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(PRCTL);
	FACTS.allowed = HUGE_FACT_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
	EXPECT_EQ(huge_bit(HUGE_PRCTL), JUDGE().unseen);
}

/* If no other test fails, only prctl() can explain that THPeligible is 0. */
TEST_F(huge, prctl_disables_huge_pages_without_advice)
{
	FACTS.eligible = HUGE_FACT_NO;
	if (!self->since_7_2) {
		EXPECT_REASON(NEXT);
		return;
	}
	EXPECT_REASON(ADVISED);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
	FACTS.flags = RW;
	FACTS.eligible = HUGE_FACT_UNKNOWN;
	EXPECT_REASON(NEXT);
	EXPECT_EQ(huge_bit(HUGE_ADVISED), JUDGE().unseen);
}

/* In all these cases, something else explains that THPeligible is 0. */
TEST_F(huge, prctl_is_not_the_only_explanation)
{
	FACTS.eligible = HUGE_FACT_NO;
	FACTS.allowed = HUGE_FACT_NO;
	EXPECT_REASON(PRCTL);
	EXPECT_EQ(huge_bit(HUGE_PRCTL), JUDGE().failed);
	FACTS.allowed = HUGE_FACT_YES;
	SETTINGS.enabled = HUGE_SET_NEVER;
	EXPECT_EQ(huge_bit(HUGE_SETTING), JUDGE().failed);
	SETTINGS.enabled = HUGE_SET_ALWAYS;
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_EQ(huge_bit(HUGE_NOHUGEPAGE), JUDGE().failed);
	FACTS.flags = RW;
	FACTS.end = AT + HUGE - SMALL_PAGE;
	EXPECT_EQ(huge_bit(HUGE_RANGE), JUDGE().failed);
	FACTS.end = AT + HUGE;
	FACTS.start = AT - HUGE + SMALL_PAGE;
	EXPECT_EQ(self->since_7_2 ? huge_bit(HUGE_ADVISED) : 0,
		  JUDGE().failed);
}

TEST_F(huge, prctl_disables_huge_pages_of_shmem)
{
	const __u32 failed = self->since_7_2 ? huge_bit(HUGE_ADVISED) : 0;

	share(self, HUGE_KIND_TMPFS);
	FACTS.eligible = HUGE_FACT_NO;
	EXPECT_EQ(failed, JUDGE().failed);
	FACTS.mount = HUGE_SET_NEVER;
	EXPECT_EQ(huge_bit(HUGE_SHMEM), JUDGE().failed);
	FACTS.mount = HUGE_SET_ALWAYS;
	FACTS.offset = SMALL_PAGE;
	EXPECT_EQ(huge_bit(HUGE_PGOFF), JUDGE().failed);
	share(self, HUGE_KIND_FILE);
	FACTS.offset = 0;
	EXPECT_EQ(huge_bit(HUGE_FILE), JUDGE().failed);
}

TEST_F(huge, special_memory_gets_huge_pages_except_on_6_1)
{
	static const __u64 flags[] = {
		VM_IO, VM_PFNMAP, VM_MIXEDMAP, 0x40000
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		FACTS.flags = RW | flags[i];
		EXPECT_EQ(self->rules == &mmapdemo_huge_6_1 ? HUGE_SPECIAL : HUGE_NEXT,
			  JUDGE().reason);
	}
	FACTS.flags = RW | VM_LOCKED;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, the_vma_begins_after_the_border)
{
	FACTS.start = AT + SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.address = AT + HUGE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, the_vma_ends_before_the_border)
{
	FACTS.end = AT + HUGE - SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.end = AT + HUGE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, userfaultfd_handles_the_touch)
{
	FACTS.flags |= VM_UFFD_MISSING;
	EXPECT_REASON(UFFD);
	FACTS.flags = RW | VM_UFFD_WP;
	EXPECT_REASON(NEXT);
}

/* ---- settings ---- */

TEST_F(huge, the_kernel_has_no_huge_pages)
{
	SETTINGS.supported = false;
	EXPECT_REASON(KERNEL);
	share(self, HUGE_KIND_TMPFS);
	EXPECT_REASON(KERNEL);
}

TEST_F(huge, the_setting_is_never)
{
	SETTINGS.enabled = HUGE_SET_NEVER;
	EXPECT_REASON(SETTING);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(SETTING);
}

TEST_F(huge, the_setting_is_madvise)
{
	SETTINGS.enabled = HUGE_SET_ADVISE;
	EXPECT_REASON(SETTING);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, the_setting_is_not_known)
{
	SETTINGS.enabled = HUGE_SET_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
	EXPECT_EQ(huge_bit(HUGE_SETTING), JUDGE().unseen);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_REASON(NOHUGEPAGE);
}

/* Only newer kernels have a setting for each size. */
TEST_F(huge, the_setting_of_the_size_comes_first)
{
	SETTINGS.size = HUGE_SET_NEVER;
	EXPECT_EQ(self->since_6_12 ? HUGE_SETTING : HUGE_NEXT, JUDGE().reason);
	SETTINGS.size = HUGE_SET_ADVISE;
	EXPECT_EQ(self->since_6_12 ? HUGE_SETTING : HUGE_NEXT, JUDGE().reason);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
	FACTS.flags = RW;
	SETTINGS.enabled = HUGE_SET_NEVER;
	SETTINGS.size = HUGE_SET_ALWAYS;
	EXPECT_EQ(self->since_6_12 ? HUGE_NEXT : HUGE_SETTING, JUDGE().reason);
	SETTINGS.size = HUGE_SET_INHERIT;
	EXPECT_REASON(SETTING);
}

/* ---- the order of the tests ---- */

static void remove_first(FIXTURE_DATA(huge) *self)
{
	switch (JUDGE().reason) {
	case HUGE_ACCESS:
		FACTS.flags |= RW;
		break;
	case HUGE_KERNEL:
		SETTINGS.supported = true;
		break;
	case HUGE_NOHUGEPAGE:
		FACTS.flags &= ~VM_NOHUGEPAGE;
		break;
	case HUGE_PRCTL:
		FACTS.allowed = HUGE_FACT_YES;
		break;
	case HUGE_SPECIAL:
		FACTS.flags &= ~FLAGS_SPECIAL;
		break;
	case HUGE_SETTING:
		SETTINGS.enabled = HUGE_SET_ALWAYS;
		break;
	case HUGE_SHMEM:
		SETTINGS.shmem = HUGE_SET_ALWAYS;
		break;
	case HUGE_COPY:
		FACTS.flags |= VM_MAYSHARE;
		break;
	case HUGE_PGOFF:
		FACTS.offset = 0;
		break;
	case HUGE_RANGE:
		FACTS.end = AT + HUGE;
		break;
	case HUGE_CGROUP:
		FACTS.cgroup_full = false;
		break;
	case HUGE_UFFD:
		FACTS.flags &= ~VM_UFFD_MISSING;
		break;
	default:
		FACTS.entry = HUGE_ENTRY_NONE;
	}
}

/* Make all tests fail that can fail at the same time. */
static void fail_all(FIXTURE_DATA(huge) *self)
{
	FACTS.flags = VM_NOHUGEPAGE | VM_IO | VM_UFFD_MISSING;
	FACTS.allowed = HUGE_FACT_NO;
	FACTS.end = AT + SMALL_PAGE;
	FACTS.entry = HUGE_ENTRY_TABLE;
	FACTS.offset = SMALL_PAGE;
	FACTS.cgroup_full = true;
	SETTINGS.defrag = HUGE_SET_NEVER;
	SETTINGS.supported = false;
	SETTINGS.enabled = HUGE_SET_NEVER;
	SETTINGS.shmem = HUGE_SET_DENY;
}

static int compare_order(FIXTURE_DATA(huge) *self, const __u8 *order)
{
	for (; *order; order++) {
		if (JUDGE().reason != *order)
			return *order;
		remove_first(self);
	}
	return 0;
}

TEST_F(huge, tests_of_anonymous_memory_are_in_order)
{
	static const __u8 order_5_10[] = {
		HUGE_ACCESS, HUGE_KERNEL, HUGE_NOHUGEPAGE, HUGE_PRCTL,
		HUGE_SETTING, HUGE_RANGE, HUGE_CGROUP, HUGE_UFFD, HUGE_TABLE,
		HUGE_NEXT, 0
	};
	static const __u8 order_6_1[] = {
		HUGE_ACCESS, HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_KERNEL,
		HUGE_SPECIAL, HUGE_SETTING, HUGE_RANGE, HUGE_CGROUP, HUGE_UFFD,
		HUGE_TABLE, HUGE_NEXT, 0
	};
	static const __u8 order_6_12[] = {
		HUGE_ACCESS, HUGE_SETTING, HUGE_KERNEL, HUGE_NOHUGEPAGE,
		HUGE_PRCTL, HUGE_RANGE, HUGE_CGROUP, HUGE_UFFD, HUGE_TABLE,
		HUGE_NEXT, 0
	};

	fail_all(self);
	EXPECT_EQ(0, compare_order(self, self->since_6_12 ? order_6_12 :
				   self->rules == &mmapdemo_huge_6_1 ? order_6_1 :
				   order_5_10));
}

TEST_F(huge, tests_of_shmem_are_in_order)
{
	static const __u8 order[] = {
		HUGE_ACCESS, HUGE_KERNEL, HUGE_UFFD, HUGE_NOHUGEPAGE,
		HUGE_PRCTL, HUGE_SHMEM, HUGE_COPY, HUGE_PGOFF, HUGE_RANGE,
		HUGE_TABLE, HUGE_NEXT, 0
	};

	for (enum huge_kind kind = HUGE_KIND_SHARED; kind <= HUGE_KIND_TMPFS;
	     kind++) {
		fail_all(self);
		FACTS.cgroup_full = false;
		FACTS.kind = kind;
		EXPECT_EQ(0, compare_order(self, order));
	}
}

TEST_F(huge, tests_of_files_are_in_order)
{
	static const __u8 order_5_10[] = {
		HUGE_ACCESS, HUGE_KERNEL, HUGE_COPY, HUGE_PGOFF, HUGE_RANGE,
		HUGE_FILE, 0
	};
	static const __u8 order_6_12[] = {
		HUGE_ACCESS, HUGE_KERNEL, HUGE_COPY, HUGE_NOHUGEPAGE,
		HUGE_PRCTL, HUGE_PGOFF, HUGE_RANGE, HUGE_FILE, 0
	};

	fail_all(self);
	FACTS.kind = HUGE_KIND_FILE;
	EXPECT_EQ(0, compare_order(self, self->since_6_12 ? order_6_12 :
				   order_5_10));
}

/* ---- shmem ---- */

TEST_F(huge, shmem_gets_a_huge_page)
{
	share(self, HUGE_KIND_TMPFS);
	EXPECT_REASON(NEXT);
	EXPECT_EQ(0U, JUDGE().unseen & ~huge_bit(HUGE_ADVISED));
	FACTS.uncached = false;
	EXPECT_REASON(NEXT);
	EXPECT_NE(0U, JUDGE().unseen & huge_bit(HUGE_FILE));
	share(self, HUGE_KIND_SHARED);
	EXPECT_REASON(NEXT);
}

/* "enabled" is not about shmem. */
TEST_F(huge, shmem_has_its_own_settings)
{
	share(self, HUGE_KIND_SHARED);
	SETTINGS.enabled = HUGE_SET_NEVER;
	EXPECT_REASON(NEXT);
	SETTINGS.shmem = HUGE_SET_NEVER;
	EXPECT_REASON(SHMEM);
	SETTINGS.shmem = HUGE_SET_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
}

TEST_F(huge, tmpfs_has_a_mount_option)
{
	share(self, HUGE_KIND_TMPFS);
	SETTINGS.shmem = HUGE_SET_NEVER;
	EXPECT_REASON(NEXT);
	FACTS.mount = HUGE_SET_NEVER;
	EXPECT_REASON(SHMEM);
	FACTS.mount = HUGE_SET_ADVISE;
	EXPECT_REASON(SHMEM);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
	FACTS.mount = HUGE_SET_UNKNOWN;
	EXPECT_REASON(UNKNOWN);
}

TEST_F(huge, a_setting_overrides_the_mount_option)
{
	share(self, HUGE_KIND_TMPFS);
	SETTINGS.shmem = HUGE_SET_DENY;
	EXPECT_REASON(SHMEM);
	SETTINGS.shmem = HUGE_SET_FORCE;
	FACTS.mount = HUGE_SET_NEVER;
	EXPECT_REASON(NEXT);
	SETTINGS.shmem_size = HUGE_SET_NEVER;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, shared_memory_has_a_setting_for_the_size)
{
	share(self, HUGE_KIND_SHARED);
	SETTINGS.shmem_size = HUGE_SET_NEVER;
	EXPECT_EQ(self->since_6_12 ? HUGE_SHMEM : HUGE_NEXT, JUDGE().reason);
	SETTINGS.shmem = HUGE_SET_FORCE;
	EXPECT_EQ(self->since_6_12 ? HUGE_SHMEM : HUGE_NEXT, JUDGE().reason);
	SETTINGS.shmem_size = HUGE_SET_ALWAYS;
	EXPECT_EQ(self->since_6_12 ? HUGE_SHMEM : HUGE_NEXT, JUDGE().reason);
	SETTINGS.shmem_size = HUGE_SET_INHERIT;
	EXPECT_REASON(NEXT);
	SETTINGS.shmem = HUGE_SET_NEVER;
	SETTINGS.shmem_size = HUGE_SET_ALWAYS;
	EXPECT_EQ(self->since_6_12 ? HUGE_NEXT : HUGE_SHMEM, JUDGE().reason);
	SETTINGS.shmem = HUGE_SET_DENY;
	EXPECT_REASON(SHMEM);
}

TEST_F(huge, a_file_is_too_short_for_a_huge_page)
{
	share(self, HUGE_KIND_TMPFS);
	FACTS.mount = HUGE_SET_WITHIN_SIZE;
	FACTS.file_size = HUGE - SMALL_PAGE;
	EXPECT_REASON(SHMEM);
	FACTS.file_size = HUGE - SMALL_PAGE + 1;
	EXPECT_REASON(NEXT);
	FACTS.address += HUGE;
	EXPECT_REASON(SHMEM);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(NEXT);
	FACTS.flags &= ~VM_HUGEPAGE;
	FACTS.file_size = HUGE + SMALL_PAGE;
	EXPECT_EQ(self->rules == &mmapdemo_huge_5_10 ? HUGE_UNKNOWN : HUGE_SHMEM,
		  JUDGE().reason);
	FACTS.sized = false;
	EXPECT_REASON(UNKNOWN);
}

/* ---- files ---- */

TEST_F(huge, private_pages_of_files_are_copied)
{
	FACTS.kind = HUGE_KIND_TMPFS;
	EXPECT_REASON(COPY);
	FACTS.flags = VM_READ;
	EXPECT_REASON(NEXT);
	FACTS.flags = RW | VM_MAYSHARE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, the_offset_is_not_aligned)
{
	share(self, HUGE_KIND_TMPFS);
	FACTS.offset = SMALL_PAGE;
	EXPECT_REASON(PGOFF);
	FACTS.offset = HUGE;
	EXPECT_REASON(NEXT);
	FACTS.start = AT - SMALL_PAGE;
	EXPECT_REASON(PGOFF);
	FACTS.offset = HUGE - SMALL_PAGE;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, a_file_system_decides)
{
	share(self, HUGE_KIND_FILE);
	EXPECT_REASON(FILE);
	FACTS.end = AT + SMALL_PAGE;
	EXPECT_REASON(RANGE);
}

TEST_F(huge, a_file_system_with_folios_needs_advice)
{
	share(self, HUGE_KIND_FILE);
	FACTS.folios = HUGE_FACT_YES;
	EXPECT_REASON(FILE);
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_REASON(UNKNOWN);
	EXPECT_EQ(huge_bit(HUGE_FILE), JUDGE().unseen & huge_bit(HUGE_FILE));
	FACTS.entry = HUGE_ENTRY_TABLE;
	EXPECT_REASON(UNKNOWN);
	FACTS.entry = HUGE_ENTRY_HUGE;
	EXPECT_REASON(MAPPED);
	FACTS.entry = HUGE_ENTRY_NONE;
	FACTS.end = AT + SMALL_PAGE;
	EXPECT_REASON(RANGE);
	FACTS.end = AT + HUGE;
	FACTS.folios = HUGE_FACT_NO;
	EXPECT_REASON(FILE);
	FACTS.folios = HUGE_FACT_UNKNOWN;
	EXPECT_REASON(FILE);
}

TEST_F(huge, file_systems_get_folios_with_newer_kernels)
{
	const struct huge_rules *rules = huge_release("5.10.1").rules;

	EXPECT_EQ(HUGE_FACT_NO, huge_folios(rules, "xfs"));
	rules = huge_release("6.1.1").rules;
	EXPECT_EQ(HUGE_FACT_YES, huge_folios(rules, "xfs"));
	EXPECT_EQ(HUGE_FACT_NO, huge_folios(rules, "ext4"));
	EXPECT_EQ(HUGE_FACT_NO, huge_folios(rules, "btrfs"));
	EXPECT_EQ(HUGE_FACT_UNKNOWN, huge_folios(rules, "nfs"));
	EXPECT_EQ(HUGE_FACT_UNKNOWN, huge_folios(rules, ""));
	rules = huge_release("7.2.1").rules;
	EXPECT_EQ(HUGE_FACT_YES, huge_folios(rules, "ext4"));
}

TEST_F(huge, advice_matters_to_files_since_6_12)
{
	share(self, HUGE_KIND_FILE);
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_EQ(self->since_6_12 ? HUGE_NOHUGEPAGE : HUGE_FILE,
		  JUDGE().reason);
}

TEST_F(huge, a_driver_decides)
{
	FACTS.kind = HUGE_KIND_DRIVER;
	EXPECT_REASON(DRIVER);
	FACTS.entry = HUGE_ENTRY_HUGE;
	EXPECT_REASON(MAPPED);
}

TEST_F(huge, hugetlbfs_has_a_pool)
{
	FACTS.kind = HUGE_KIND_POOL;
	EXPECT_REASON(POOL);
	FACTS.flags = 0;
	EXPECT_REASON(ACCESS);
}

/* Only memory without reserved pages can find the pool empty. */
TEST_F(huge, a_pool_may_be_empty)
{
	FACTS.kind = HUGE_KIND_POOL;
	FACTS.flags |= VM_NORESERVE;
	EXPECT_REASON(EMPTY);
	EXPECT_EQ(huge_bit(HUGE_EMPTY), JUDGE().failed);
	FACTS.pool_grows = true;
	EXPECT_REASON(POOL);
	EXPECT_EQ(huge_bit(HUGE_EMPTY), JUDGE().unseen);
	FACTS.pool_grows = false;
	FACTS.pool_free = true;
	EXPECT_REASON(POOL);
	EXPECT_EQ(0U, JUDGE().unseen);
}

/* ---- free memory ---- */

static enum huge_reason with_defrag(FIXTURE_DATA(huge) *self,
				    enum huge_setting defrag, bool advised)
{
	SETTINGS.defrag = defrag;
	FACTS.flags = advised ? RW | VM_HUGEPAGE : RW;
	return JUDGE().reason;
}

/* Whether the kernel reclaims memory for a huge page depends on the setting. */
TEST_F(huge, a_cgroup_has_no_room)
{
	FACTS.cgroup_full = true;
	EXPECT_EQ(HUGE_CGROUP, with_defrag(self, HUGE_SET_NEVER, true));
	EXPECT_EQ(HUGE_CGROUP, with_defrag(self, HUGE_SET_DEFER, true));
	EXPECT_EQ(HUGE_CGROUP, with_defrag(self, HUGE_SET_ADVISE, false));
	EXPECT_EQ(HUGE_CGROUP, with_defrag(self, HUGE_SET_DEFER_ADVISE, false));
	EXPECT_EQ(HUGE_UNKNOWN, with_defrag(self, HUGE_SET_ADVISE, true));
	EXPECT_EQ(HUGE_UNKNOWN, with_defrag(self, HUGE_SET_DEFER_ADVISE, true));
	EXPECT_EQ(HUGE_UNKNOWN, with_defrag(self, HUGE_SET_ALWAYS, false));
	EXPECT_EQ(HUGE_UNKNOWN, with_defrag(self, HUGE_SET_UNKNOWN, false));
	SETTINGS.defrag = HUGE_SET_NEVER;
	FACTS.flags = VM_READ;
	EXPECT_REASON(NEXT);
	share(self, HUGE_KIND_TMPFS);
	EXPECT_REASON(UNKNOWN);
	FACTS.cgroup_full = false;
	EXPECT_REASON(NEXT);
}

TEST_F(huge, no_memory_may_be_free)
{
	FACTS.none_free = true;
	EXPECT_REASON(UNKNOWN);
	EXPECT_EQ(huge_bit(HUGE_MEMORY), JUDGE().unseen);
	FACTS.kind = HUGE_KIND_FILE;
	EXPECT_EQ(0U, JUDGE().unseen & huge_bit(HUGE_MEMORY));
}

/* ---- smaller sizes ---- */

#define KIB 1024ULL

/* Return the size that a touch maps, in KiB. */
static __u64 smaller(FIXTURE_DATA(huge) *self, __u64 address,
		     const enum huge_setting sizes[HUGE_SIZES])
{
	const struct huge_verdict verdict = JUDGE();

	return huge_smaller(self->rules, &self->facts, &verdict, address,
			    sizes) >> 10;
}

TEST_F(huge, a_smaller_size_fits)
{
	const enum huge_setting sizes[HUGE_SIZES] = {
		[0] = HUGE_SET_ALWAYS, [2] = HUGE_SET_INHERIT,
		[5] = HUGE_SET_ADVISE, [6] = HUGE_SET_NEVER,
	};
	const __u64 at = AT + 512 * KIB;

	EXPECT_EQ(0U, smaller(self, at, sizes));
	FACTS.end = AT + HUGE - SMALL_PAGE;
	if (!self->since_6_12) {
		EXPECT_EQ(0U, smaller(self, at, sizes));
		return;
	}
	EXPECT_EQ(64U, smaller(self, at, sizes));
	EXPECT_EQ(16U, smaller(self, FACTS.end - 16 * KIB, sizes));
	EXPECT_EQ(0U, smaller(self, FACTS.end - SMALL_PAGE, sizes));
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_EQ(512U, smaller(self, at, sizes));
	SETTINGS.enabled = HUGE_SET_NEVER;
	EXPECT_EQ(512U, smaller(self, at, sizes));
	FACTS.flags = RW;
	EXPECT_EQ(16U, smaller(self, at, sizes));
	FACTS.start = AT + 512 * KIB + SMALL_PAGE;
	EXPECT_EQ(0U, smaller(self, FACTS.start, sizes));
	FACTS.start = AT;
	FACTS.flags |= VM_NOHUGEPAGE;
	EXPECT_EQ(0U, smaller(self, at, sizes));
	FACTS.flags = VM_READ;
	EXPECT_EQ(0U, smaller(self, at, sizes));
	FACTS.flags = RW;
	FACTS.kind = HUGE_KIND_FILE;
	EXPECT_EQ(0U, smaller(self, at, sizes));
}

TEST_F(huge, a_smaller_size_of_shared_memory_fits)
{
	const enum huge_setting sizes[HUGE_SIZES] = {
		[0] = HUGE_SET_ALWAYS, [1] = HUGE_SET_WITHIN_SIZE,
		[2] = HUGE_SET_INHERIT, [3] = HUGE_SET_ADVISE,
	};
	const __u64 at = AT + 512 * KIB;

	share(self, HUGE_KIND_SHARED);
	FACTS.end = AT + HUGE - SMALL_PAGE;
	SETTINGS.shmem = HUGE_SET_NEVER;
	if (!self->since_6_12) {
		EXPECT_EQ(0U, smaller(self, at, sizes));
		return;
	}
	FACTS.sized = true;
	FACTS.file_size = 512 * KIB + 32 * KIB;
	EXPECT_EQ(32U, smaller(self, at, sizes));
	FACTS.file_size -= SMALL_PAGE;
	EXPECT_EQ(16U, smaller(self, at, sizes));
	SETTINGS.shmem = HUGE_SET_ALWAYS;
	EXPECT_EQ(64U, smaller(self, at, sizes));
	FACTS.flags |= VM_HUGEPAGE;
	EXPECT_EQ(128U, smaller(self, at, sizes));
	SETTINGS.shmem = HUGE_SET_FORCE;
	EXPECT_EQ(64U, smaller(self, at, sizes));
	SETTINGS.shmem = HUGE_SET_DENY;
	EXPECT_EQ(0U, smaller(self, at, sizes));
	SETTINGS.shmem = HUGE_SET_ALWAYS;
	FACTS.offset = 64 * KIB;
	EXPECT_EQ(64U, smaller(self, at, sizes));
	FACTS.offset = SMALL_PAGE;
	EXPECT_EQ(0U, smaller(self, at, sizes));
	FACTS.offset = 0;
	FACTS.flags = VM_READ | VM_SHARED | VM_MAYSHARE;
	EXPECT_EQ(64U, smaller(self, at, sizes));
	FACTS.kind = HUGE_KIND_TMPFS;
	EXPECT_EQ(0U, smaller(self, at, sizes));
}

/* ---- releases ---- */

static const struct {
	const char *release;
	const char *of;
	bool exact;
} releases[] = {
	{ "4.19.0", "5.10", false },
	{ "5.4.0-1-generic", "5.10", false },
	{ "5.10.223", "5.10", true },
	{ "5.15.0", "5.10", false },
	{ "6.0.9", "5.10", false },
	{ "6.1.0-56-amd64", "6.1", true },
	{ "6.11.2", "6.1", false },
	{ "6.12.117", "6.12", true },
	{ "6.18.0", "6.12", false },
	{ "7.1.0", "6.12", false },
	{ "7.2.13", "7.2", true },
	{ "7.10.0", "7.2", false },
	{ "8.0", "7.2", false },
};

TEST(rules_belong_to_releases)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct huge_release found = huge_release(releases[i].release);

		EXPECT_STREQ(releases[i].of, found.of);
		EXPECT_EQ(releases[i].exact, found.exact);
	}
}

TEST(MADV_COLLAPSE_is_newer_than_5_10)
{
	EXPECT_FALSE(huge_release("5.10.0").rules->collapse);
	EXPECT_TRUE(huge_release("6.1.0").rules->collapse);
	EXPECT_TRUE(huge_release("6.12.0").rules->collapse);
	EXPECT_TRUE(huge_release("7.2.0").rules->collapse);
}

TEST_HARNESS_MAIN
