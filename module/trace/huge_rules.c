// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file finds the reason why a touch of memory does not map a huge page.
 *
 * A page fault makes the tests in the order of the tables below. The tables
 * mirror __transparent_hugepage_enabled() (5.10), hugepage_vma_check() (6.1) and
 * thp_vma_allowable_orders() (6.12 and newer), then
 * do_huge_pmd_anonymous_page(), shmem_fault() and do_set_pmd().
 *
 * This file uses types of the kernel, but no functions of the kernel, so that the
 * program and a test can build it.
 */
#include "trace/huge_rules.h"

#define SMALL_PAGE 4096ULL

/* VM_* as literals, which are the same on every kernel. hooks_huge.c asserts the values. */
#define FLAG_WRITE	0x2
#define FLAGS_ACCESS	(0x1 | FLAG_WRITE | 0x4)
#define FLAG_MAYSHARE	0x80
#define FLAG_UFFD_MISSING 0x200
#define FLAGS_SPECIAL	(0x400 | 0x4000 | 0x40000 | 0x10000000)
#define FLAG_NORESERVE	0x200000
#define FLAG_HUGEPAGE	0x20000000
#define FLAG_NOHUGEPAGE	0x40000000

/* ---- the order of the tests ---- */

#define TESTS_OF_SHMEM							\
	{ HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_UFFD,		\
	  HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_SHMEM, HUGE_MEMORY,		\
	  HUGE_CGROUP, HUGE_COPY, HUGE_PGOFF, HUGE_RANGE, HUGE_FILE }
#define TESTS_OF_DRIVER { HUGE_ACCESS, HUGE_DRIVER }
#define TESTS_OF_POOL { HUGE_ACCESS, HUGE_EMPTY, HUGE_POOL }

/* do_set_pmd() ignored MADV_NOHUGEPAGE and prctl() before Linux 6.12. */
#define TESTS_OF_FILE							\
	{ HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_COPY, HUGE_PGOFF,	\
	  HUGE_RANGE, HUGE_FILE }

const struct huge_rules mmapdemo_huge_5_10 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_NOHUGEPAGE,
			HUGE_PRCTL, HUGE_STACK, HUGE_SETTING, HUGE_RANGE,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
		},
		[HUGE_KIND_SHARED] = TESTS_OF_SHMEM,
		[HUGE_KIND_TMPFS] = TESTS_OF_SHMEM,
		[HUGE_KIND_FILE] = TESTS_OF_FILE,
		[HUGE_KIND_DRIVER] = TESTS_OF_DRIVER,
		[HUGE_KIND_POOL] = TESTS_OF_POOL,
	},
	.first_page = true,
	.no_folios = { "btrfs", "ext4", "xfs" },
};

const struct huge_rules mmapdemo_huge_6_1 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_NOHUGEPAGE, HUGE_PRCTL,
			HUGE_KERNEL, HUGE_SPECIAL, HUGE_SETTING, HUGE_STACK,
			HUGE_RANGE, HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
		},
		[HUGE_KIND_SHARED] = TESTS_OF_SHMEM,
		[HUGE_KIND_TMPFS] = TESTS_OF_SHMEM,
		[HUGE_KIND_FILE] = TESTS_OF_FILE,
		[HUGE_KIND_DRIVER] = TESTS_OF_DRIVER,
		[HUGE_KIND_POOL] = TESTS_OF_POOL,
	},
	.collapse = true,
	.folios = { "xfs" },
	.no_folios = { "btrfs", "ext4" },
};

const struct huge_rules mmapdemo_huge_6_12 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_SETTING, HUGE_KERNEL,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_STACK, HUGE_RANGE,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
		},
		[HUGE_KIND_SHARED] = TESTS_OF_SHMEM,
		[HUGE_KIND_TMPFS] = TESTS_OF_SHMEM,
		[HUGE_KIND_FILE] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_COPY,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_PGOFF, HUGE_RANGE,
			HUGE_FILE,
		},
		[HUGE_KIND_DRIVER] = TESTS_OF_DRIVER,
		[HUGE_KIND_POOL] = TESTS_OF_POOL,
	},
	.sized = true,
	.collapse = true,
	.folios = { "xfs" },
	.no_folios = { "btrfs", "ext4" },
};

const struct huge_rules mmapdemo_huge_7_2 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_SETTING, HUGE_KERNEL,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_ADVISED, HUGE_STACK,
			HUGE_RANGE, HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
		},
		[HUGE_KIND_SHARED] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_UFFD,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_ADVISED, HUGE_SHMEM,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_COPY, HUGE_PGOFF,
			HUGE_RANGE, HUGE_FILE,
		},
		[HUGE_KIND_TMPFS] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_UFFD,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_ADVISED, HUGE_SHMEM,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_COPY, HUGE_PGOFF,
			HUGE_RANGE, HUGE_FILE,
		},
		[HUGE_KIND_FILE] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_COPY,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_ADVISED, HUGE_PGOFF,
			HUGE_RANGE, HUGE_FILE,
		},
		[HUGE_KIND_DRIVER] = TESTS_OF_DRIVER,
		[HUGE_KIND_POOL] = TESTS_OF_POOL,
	},
	.sized = true,
	.zero_replaced = true,
	.collapse = true,
	.folios = { "ext4", "xfs" },
};

/* ---- the tests ---- */

enum result { PASSES, FAILS, UNSEEN };

static enum result fails_if(bool failed)
{
	return failed ? FAILS : PASSES;
}

static enum result fails_unless(enum huge_fact fact)
{
	return fact == HUGE_FACT_UNKNOWN ? UNSEEN :
	       fails_if(fact == HUGE_FACT_NO);
}

static enum result test_table(const struct huge_facts *facts)
{
	if (facts->entry == HUGE_ENTRY_BARE ||
	    facts->entry == HUGE_ENTRY_UNKNOWN)
		return UNSEEN;
	return fails_if(facts->entry == HUGE_ENTRY_TABLE);
}

static enum result test_word(enum huge_setting word, bool advised)
{
	if (word == HUGE_SET_UNKNOWN)
		return UNSEEN;
	return fails_if(word == HUGE_SET_NEVER || word == HUGE_SET_DENY ||
			(word == HUGE_SET_ADVISE && !advised));
}

static enum result test_setting(const struct huge_rules *rules,
				const struct huge_facts *facts)
{
	const struct huge_settings *settings = &facts->settings;
	const bool advised = facts->flags & FLAG_HUGEPAGE;

	if (!rules->sized || settings->size == HUGE_SET_INHERIT)
		return test_word(settings->enabled, advised);
	return test_word(settings->size, advised);
}

/* Return true if the VMA has room for at least one aligned huge page. */
static bool has_room(const struct huge_facts *facts)
{
	const u64 first = (facts->start + HUGE_BYTES - 1) & -HUGE_BYTES;

	return first >= facts->start && first < facts->end &&
	       facts->end - first >= HUGE_BYTES;
}

static enum result test_range(const struct huge_facts *facts)
{
	return fails_if(facts->address < facts->start ||
			facts->address + HUGE_BYTES > facts->end);
}

static u64 offset_at(const struct huge_facts *facts)
{
	return facts->offset + facts->address - facts->start;
}

static enum result test_pgoff(const struct huge_facts *facts)
{
	return fails_if(offset_at(facts) % HUGE_BYTES);
}

/* The last page of the file is cached as a whole. */
static u64 cached_bytes(const struct huge_facts *facts)
{
	return (facts->file_size + SMALL_PAGE - 1) & -SMALL_PAGE;
}

/*
 * If only the first page of the block may get a huge page, the result depends on the page
 * that is touched.
 */
static enum result test_within_size(const struct huge_rules *rules,
				    const struct huge_facts *facts,
				    bool advised)
{
	const u64 size = cached_bytes(facts);
	const u64 end = offset_at(facts) / HUGE_BYTES * HUGE_BYTES +
			  HUGE_BYTES;

	if (advised)
		return PASSES;
	if (!facts->sized || (rules->first_page && size >= HUGE_BYTES &&
			      size > end - HUGE_BYTES && size < end))
		return UNSEEN;
	return fails_if(end > size);
}

static enum result test_shmem_word(const struct huge_rules *rules,
				   const struct huge_facts *facts,
				   enum huge_setting word)
{
	const bool advised = facts->flags & FLAG_HUGEPAGE;

	return word == HUGE_SET_WITHIN_SIZE ?
	       test_within_size(rules, facts, advised) :
	       test_word(word, advised);
}

/* "deny" and "force" override the mount option and the settings of each size. */
static enum result test_shmem(const struct huge_rules *rules,
			      const struct huge_facts *facts)
{
	const struct huge_settings *settings = &facts->settings;
	const enum huge_setting all = settings->shmem;
	const bool by_size = rules->sized && facts->kind == HUGE_KIND_SHARED;

	if (all == HUGE_SET_UNKNOWN)
		return UNSEEN;
	if (all == HUGE_SET_DENY)
		return FAILS;
	if (by_size && settings->shmem_size != HUGE_SET_INHERIT)
		return all == HUGE_SET_FORCE ? FAILS :
		       test_shmem_word(rules, facts, settings->shmem_size);
	if (all == HUGE_SET_FORCE)
		return PASSES;
	return test_shmem_word(rules, facts, facts->kind == HUGE_KIND_SHARED ?
			       all : facts->mount);
}

/*
 * If the file system has large folios, MADV_HUGEPAGE asks for folios of 2 MiB, unless the
 * page cache already has pages of the file. shmem allocates a folio when it is touched,
 * with the same exception.
 */
static enum result test_file(const struct huge_facts *facts)
{
	if (facts->kind == HUGE_KIND_FILE)
		return facts->folios == HUGE_FACT_YES &&
		       facts->flags & FLAG_HUGEPAGE ? UNSEEN : FAILS;
	return facts->uncached ? PASSES : UNSEEN;
}

/*
 * Return whether the kernel reclaims and compacts memory for a huge page, before it takes
 * small pages.
 */
static bool may_reclaim(const struct huge_facts *facts)
{
	switch (facts->settings.defrag) {
	case HUGE_SET_ADVISE:
	case HUGE_SET_DEFER_ADVISE:
		return facts->flags & FLAG_HUGEPAGE;
	case HUGE_SET_NEVER:
	case HUGE_SET_DEFER:
		return false;
	default:
		return true;
	}
}

static bool may_write(const struct huge_facts *facts)
{
	return facts->flags & FLAG_WRITE && facts->touch != HUGE_TOUCH_READ;
}

/* A read of anonymous memory maps the huge zero page, which needs no memory. */
static bool needs_memory(const struct huge_facts *facts)
{
	return facts->kind != HUGE_KIND_ANON || may_write(facts);
}

/* CPUs keep free pages that the program does not see. */
static enum result test_memory(const struct huge_facts *facts)
{
	return facts->none_free && needs_memory(facts) ? UNSEEN : PASSES;
}

/*
 * shmem needs no memory if the page cache already has a huge page, and older kernels
 * reclaim memory for shmem whatever the setting is.
 */
static enum result test_cgroup(const struct huge_facts *facts)
{
	if (!facts->cgroup_full || !needs_memory(facts))
		return PASSES;
	return facts->kind == HUGE_KIND_ANON && !may_reclaim(facts) ? FAILS :
								      UNSEEN;
}

/* A mapping without FLAG_NORESERVE has reserved its pages. */
static enum result test_empty(const struct huge_facts *facts)
{
	if (!(facts->flags & FLAG_NORESERVE) || facts->pool_free)
		return PASSES;
	return facts->pool_grows ? UNSEEN : FAILS;
}

/* Return true if the settings of the kind of memory allow huge pages. */
static bool settings_allow(const struct huge_rules *rules,
			   const struct huge_facts *facts)
{
	switch (facts->kind) {
	case HUGE_KIND_ANON:
		return test_setting(rules, facts) == PASSES;
	case HUGE_KIND_SHARED:
	case HUGE_KIND_TMPFS:
		return test_shmem(rules, facts) == PASSES &&
		       test_pgoff(facts) == PASSES;
	default:
		return false;
	}
}

/*
 * THPeligible shows what THP_enabled does not show, but is also 0 if another test
 * fails.
 */
static enum result test_advised(const struct huge_rules *rules,
				const struct huge_facts *facts)
{
	if (facts->flags & FLAG_HUGEPAGE || facts->eligible == HUGE_FACT_YES)
		return PASSES;
	if (facts->advised_only != HUGE_FACT_UNKNOWN)
		return fails_if(facts->advised_only == HUGE_FACT_YES);
	if (facts->eligible == HUGE_FACT_NO && has_room(facts) &&
	    facts->settings.supported && facts->allowed == HUGE_FACT_YES &&
	    !(facts->flags & FLAG_NOHUGEPAGE) && settings_allow(rules, facts))
		return FAILS;
	return UNSEEN;
}

static enum result test(const struct huge_rules *rules,
			const struct huge_facts *facts,
			enum huge_reason reason)
{
	const u64 flags = facts->flags;

	switch (reason) {
	case HUGE_ACCESS:
		return fails_if(!(flags & FLAGS_ACCESS));
	case HUGE_TABLE:
		return test_table(facts);
	case HUGE_KERNEL:
		return fails_if(!facts->settings.supported);
	case HUGE_NOHUGEPAGE:
		return fails_if(flags & FLAG_NOHUGEPAGE);
	case HUGE_PRCTL:
		return fails_unless(facts->allowed);
	case HUGE_ADVISED:
		return test_advised(rules, facts);
	case HUGE_STACK:
		return fails_if(facts->stack);
	case HUGE_SPECIAL:
		return fails_if(flags & FLAGS_SPECIAL);
	case HUGE_SETTING:
		return test_setting(rules, facts);
	case HUGE_RANGE:
		return test_range(facts);
	case HUGE_MEMORY:
		return test_memory(facts);
	case HUGE_CGROUP:
		return test_cgroup(facts);
	case HUGE_EMPTY:
		return test_empty(facts);
	case HUGE_POOL:
		return fails_if(test_empty(facts) != FAILS);
	case HUGE_UFFD:
		return fails_if(flags & FLAG_UFFD_MISSING);
	case HUGE_SHMEM:
		return test_shmem(rules, facts);
	case HUGE_COPY:
		return fails_if(may_write(facts) && !(flags & FLAG_MAYSHARE));
	case HUGE_PGOFF:
		return test_pgoff(facts);
	case HUGE_FILE:
		return test_file(facts);
	default:	/* no fact of /proc decides: the answer is the test itself */
		return FAILS;
	}
}

/* ---- the answer ---- */

static enum huge_reason first_failed(const u8 *tests, u32 failed)
{
	for (; *tests; tests++) {
		if (failed & huge_bit(*tests) && *tests != HUGE_TABLE)
			return *tests;
	}
	return HUGE_TABLE;
}

/*
 * A test whose result is not known makes the answer unknown, except for tests
 * that hardly ever fail. The page cache has pages of most files.
 */
static enum huge_reason choose(const u8 *tests, u32 kind,
			       const struct huge_verdict *verdict)
{
	const u32 file = huge_bit(HUGE_FILE);
	const u32 rare = huge_bit(HUGE_TABLE) | huge_bit(HUGE_ADVISED) |
			 (kind == HUGE_KIND_FILE ? 0 : file);

	if (kind == HUGE_KIND_FILE && verdict->unseen & file &&
	    !(verdict->failed & ~huge_bit(HUGE_TABLE)))
		return HUGE_UNKNOWN;
	if (verdict->failed)
		return first_failed(tests, verdict->failed);
	return verdict->unseen & ~rare ? HUGE_UNKNOWN : HUGE_NEXT;
}

static enum huge_reason zero_page(const struct huge_rules *rules,
				  const struct huge_facts *facts,
				  const struct huge_verdict *verdict)
{
	if (!rules->zero_replaced || !(facts->flags & FLAG_WRITE))
		return HUGE_ZERO;
	if (verdict->failed & huge_bit(HUGE_CGROUP))
		return HUGE_CGROUP;
	return verdict->unseen & (huge_bit(HUGE_MEMORY) | huge_bit(HUGE_CGROUP)) ?
	       HUGE_UNKNOWN : HUGE_NEXT;
}

/**
 * mmapdemo_huge_judge - find the first test that a touch fails
 * @rules: the rules of the kernel
 * @facts: what is known of the block of 2 MiB
 *
 * Return: the answer.
 */
struct huge_verdict mmapdemo_huge_judge(const struct huge_rules *rules,
					const struct huge_facts *facts)
{
	const u8 *tests = rules->tests[facts->kind];
	struct huge_verdict verdict = { 0 };
	const u8 *at;

	for (at = tests; *at; at++) {
		enum result result = test(rules, facts, *at);

		if (result == FAILS)
			verdict.failed |= huge_bit(*at);
		if (result == UNSEEN)
			verdict.unseen |= huge_bit(*at);
	}
	switch (facts->entry) {
	case HUGE_ENTRY_HUGE:
		verdict.reason = HUGE_MAPPED;
		break;
	case HUGE_ENTRY_ZERO:
		verdict.reason = zero_page(rules, facts, &verdict);
		break;
	case HUGE_ENTRY_UNKNOWN:
		verdict.reason = HUGE_UNKNOWN;
		break;
	default:
		verdict.reason = choose(tests, facts->kind, &verdict);
	}
	return verdict;
}
