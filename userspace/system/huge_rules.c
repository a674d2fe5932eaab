// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file finds the reason why the next touch of memory does not map a huge
 * page.
 *
 * A page fault makes the tests in the order of the tables below. The tables
 * mirror __transparent_hugepage_enabled() (5.10), hugepage_vma_check() (6.1) and
 * thp_vma_allowable_orders() (6.12 and newer), then
 * do_huge_pmd_anonymous_page(), shmem_fault() and do_set_pmd(). The test for the
 * temporary stack of execve() is left out: no other process can see this stack.
 */
#include "system/huge_rules.h"
#include "event/vm_flags.h"
#include "system/release.h"

#include <string.h>

#define PAGE 4096ULL

/* VM_SPECIAL of include/linux/mm.h */
#define FLAG_DONTEXPAND 0x40000
#define FLAGS_SPECIAL (VM_IO | FLAG_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP)

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

static const struct huge_rules rules_5_10 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_KERNEL, HUGE_NOHUGEPAGE,
			HUGE_PRCTL, HUGE_SETTING, HUGE_RANGE, HUGE_MEMORY,
			HUGE_CGROUP, HUGE_UFFD,
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

static const struct huge_rules rules_6_1 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_NOHUGEPAGE, HUGE_PRCTL,
			HUGE_KERNEL, HUGE_SPECIAL, HUGE_SETTING, HUGE_RANGE,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
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

static const struct huge_rules rules_6_12 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_SETTING, HUGE_KERNEL,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_RANGE, HUGE_MEMORY,
			HUGE_CGROUP, HUGE_UFFD,
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

static const struct huge_rules rules_7_2 = {
	.tests = {
		[HUGE_KIND_ANON] = {
			HUGE_ACCESS, HUGE_TABLE, HUGE_SETTING, HUGE_KERNEL,
			HUGE_NOHUGEPAGE, HUGE_PRCTL, HUGE_ADVISED, HUGE_RANGE,
			HUGE_MEMORY, HUGE_CGROUP, HUGE_UFFD,
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

struct huge_release huge_release(const char *release)
{
	static const struct release known[] = {
		{ 7, 2 }, { 6, 12 }, { 6, 1 }, { 5, 10 },
	};
	static const struct huge_release releases[] = {
		{ .rules = &rules_7_2, .of = "7.2" },
		{ .rules = &rules_6_12, .of = "6.12" },
		{ .rules = &rules_6_1, .of = "6.1" },
		{ .rules = &rules_5_10, .of = "5.10" },
	};
	const size_t count = sizeof(known) / sizeof(*known);
	bool exact;
	struct huge_release found = releases[release_find(release, known, count,
							  &exact)];

	_Static_assert(sizeof(releases) / sizeof(*releases) ==
		       sizeof(known) / sizeof(*known), "each kernel has rules");
	found.exact = exact;
	return found;
}

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
	const bool advised = facts->flags & VM_HUGEPAGE;

	if (!rules->sized || settings->size == HUGE_SET_INHERIT)
		return test_word(settings->enabled, advised);
	return test_word(settings->size, advised);
}

/* Return true if the VMA has room for at least one aligned huge page. */
static bool has_room(const struct huge_facts *facts)
{
	const __u64 first = (facts->start + HUGE_BYTES - 1) & -HUGE_BYTES;

	return first >= facts->start && first < facts->end &&
	       facts->end - first >= HUGE_BYTES;
}

static enum result test_range(const struct huge_facts *facts)
{
	return fails_if(facts->address < facts->start ||
			facts->address + HUGE_BYTES > facts->end);
}

static __u64 offset_at(const struct huge_facts *facts)
{
	return facts->offset + facts->address - facts->start;
}

static enum result test_pgoff(const struct huge_facts *facts)
{
	return fails_if(offset_at(facts) % HUGE_BYTES);
}

/* The last page of the file is cached as a whole. */
static __u64 cached_bytes(const struct huge_facts *facts)
{
	return (facts->file_size + PAGE - 1) & -PAGE;
}

/*
 * If only the first page of the
 * block may get a huge page, the result depends on the page that is touched.
 */
static enum result test_within_size(const struct huge_rules *rules,
				    const struct huge_facts *facts,
				    bool advised)
{
	const __u64 size = cached_bytes(facts);
	const __u64 end = offset_at(facts) / HUGE_BYTES * HUGE_BYTES +
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
	const bool advised = facts->flags & VM_HUGEPAGE;

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

static bool has_type(const char *const types[HUGE_FILE_SYSTEMS], const char *type)
{
	for (int i = 0; i < HUGE_FILE_SYSTEMS && types[i]; i++) {
		if (!strcmp(types[i], type))
			return true;
	}
	return false;
}

enum huge_fact huge_folios(const struct huge_rules *rules, const char *type)
{
	return has_type(rules->folios, type) ? HUGE_FACT_YES :
	       has_type(rules->no_folios, type) ? HUGE_FACT_NO :
						  HUGE_FACT_UNKNOWN;
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
		       facts->flags & VM_HUGEPAGE ? UNSEEN : FAILS;
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
		return facts->flags & VM_HUGEPAGE;
	case HUGE_SET_NEVER:
	case HUGE_SET_DEFER:
		return false;
	default:
		return true;
	}
}

/* A read of anonymous memory maps the huge zero page, which needs no memory. */
static bool needs_memory(const struct huge_facts *facts)
{
	return facts->kind != HUGE_KIND_ANON || facts->flags & VM_WRITE;
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

/* A mapping without VM_NORESERVE has reserved its pages. */
static enum result test_empty(const struct huge_facts *facts)
{
	if (!(facts->flags & VM_NORESERVE) || facts->pool_free)
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
	if (facts->flags & VM_HUGEPAGE || facts->eligible == HUGE_FACT_YES)
		return PASSES;
	if (facts->eligible == HUGE_FACT_NO && has_room(facts) &&
	    facts->settings.supported && facts->allowed == HUGE_FACT_YES &&
	    !(facts->flags & VM_NOHUGEPAGE) && settings_allow(rules, facts))
		return FAILS;
	return UNSEEN;
}

static enum result test(const struct huge_rules *rules,
			const struct huge_facts *facts,
			enum huge_reason reason)
{
	const __u64 flags = facts->flags;

	switch (reason) {
	case HUGE_ACCESS:
		return fails_if(!(flags & (VM_READ | VM_WRITE | VM_EXEC)));
	case HUGE_TABLE:
		return test_table(facts);
	case HUGE_KERNEL:
		return fails_if(!facts->settings.supported);
	case HUGE_NOHUGEPAGE:
		return fails_if(flags & VM_NOHUGEPAGE);
	case HUGE_PRCTL:
		return fails_unless(facts->allowed);
	case HUGE_ADVISED:
		return test_advised(rules, facts);
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
		return fails_if(flags & VM_UFFD_MISSING);
	case HUGE_SHMEM:
		return test_shmem(rules, facts);
	case HUGE_COPY:
		return fails_if(flags & VM_WRITE && !(flags & VM_MAYSHARE));
	case HUGE_PGOFF:
		return test_pgoff(facts);
	case HUGE_FILE:
		return test_file(facts);
	default:	/* no fact of /proc decides: the answer is the test itself */
		return FAILS;
	}
}

/* ---- the answer ---- */

static enum huge_reason first_failed(const __u8 *tests, __u32 failed)
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
static enum huge_reason choose(const __u8 *tests, enum huge_kind kind,
			       const struct huge_verdict *verdict)
{
	const __u32 file = huge_bit(HUGE_FILE);
	const __u32 rare = huge_bit(HUGE_TABLE) | huge_bit(HUGE_ADVISED) |
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
	if (!rules->zero_replaced || !(facts->flags & VM_WRITE))
		return HUGE_ZERO;
	if (verdict->failed & huge_bit(HUGE_CGROUP))
		return HUGE_CGROUP;
	return verdict->unseen & (huge_bit(HUGE_MEMORY) | huge_bit(HUGE_CGROUP)) ?
	       HUGE_UNKNOWN : HUGE_NEXT;
}

struct huge_verdict huge_judge(const struct huge_rules *rules,
			       const struct huge_facts *facts)
{
	const __u8 *tests = rules->tests[facts->kind];
	struct huge_verdict verdict = { 0 };

	for (const __u8 *at = tests; *at; at++) {
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

/* ---- smaller sizes ---- */

static bool size_allowed(const struct huge_facts *facts, enum huge_setting size)
{
	if (size == HUGE_SET_INHERIT)
		size = facts->settings.enabled;
	return test_word(size, facts->flags & VM_HUGEPAGE) == PASSES;
}

/*
 * shmem_allowable_huge_orders() of Linux 6.12. "force" allows only sizes that inherit it,
 * and a page must be inside the file for "within_size".
 */
static bool shmem_size_allowed(const struct huge_facts *facts, enum huge_setting size,
			       __u64 begin, __u64 bytes)
{
	const enum huge_setting all = facts->settings.shmem;
	const __u64 end = facts->offset + begin - facts->start + bytes;
	const bool advised = facts->flags & VM_HUGEPAGE;

	if (all == HUGE_SET_DENY || (all == HUGE_SET_FORCE && size != HUGE_SET_INHERIT))
		return false;
	if (size == HUGE_SET_INHERIT)
		size = all;
	if (size == HUGE_SET_WITHIN_SIZE)
		return advised || (facts->sized && end <= cached_bytes(facts));
	return test_word(size, advised) == PASSES;
}

/* A page of shmem must be aligned in the file, too. */
static bool is_possible(const struct huge_facts *facts, enum huge_setting size,
			__u64 begin, __u64 bytes)
{
	if (begin < facts->start || begin + bytes > facts->end)
		return false;
	if (facts->kind == HUGE_KIND_ANON)
		return size_allowed(facts, size);
	return (facts->start - facts->offset) % bytes == 0 &&
	       shmem_size_allowed(facts, size, begin, bytes);
}

/*
 * alloc_anon_folio() and shmem_alloc_and_add_folio() make the same tests for each smaller
 * size, and the test for userfaultfd for any mode. A read of anonymous memory maps the zero
 * page.
 */
__u64 huge_smaller(const struct huge_rules *rules, const struct huge_facts *facts,
		   const struct huge_verdict *verdict, __u64 address,
		   const enum huge_setting sizes[HUGE_SIZES])
{
	const __u32 barred = huge_bit(HUGE_ACCESS) | huge_bit(HUGE_KERNEL) |
			     huge_bit(HUGE_NOHUGEPAGE) | huge_bit(HUGE_PRCTL) |
			     huge_bit(HUGE_ADVISED) | huge_bit(HUGE_UFFD);
	const bool anon = facts->kind == HUGE_KIND_ANON && facts->flags & VM_WRITE;

	if (!rules->sized || !(anon || facts->kind == HUGE_KIND_SHARED) ||
	    verdict->failed & barred || verdict->reason == HUGE_MAPPED ||
	    verdict->reason == HUGE_NEXT)
		return 0;
	for (int i = HUGE_SIZES - 1; i >= 0; i--) {
		const __u64 bytes = HUGE_SIZE_MIN << i;

		if (is_possible(facts, sizes[i], address & -bytes, bytes))
			return bytes;
	}
	return 0;
}

/* ---- words ---- */

static const struct {
	const char *word;
	enum huge_setting setting;
} setting_words[] = {
	{ "never", HUGE_SET_NEVER },
	{ "madvise", HUGE_SET_ADVISE },
	{ "advise", HUGE_SET_ADVISE },
	{ "always", HUGE_SET_ALWAYS },
	{ "inherit", HUGE_SET_INHERIT },
	{ "within_size", HUGE_SET_WITHIN_SIZE },
	{ "deny", HUGE_SET_DENY },
	{ "force", HUGE_SET_FORCE },
	{ "defer", HUGE_SET_DEFER },
	{ "defer+madvise", HUGE_SET_DEFER_ADVISE },
};

enum huge_setting huge_setting_parse(const char *word)
{
	for (size_t i = 0; i < sizeof(setting_words) / sizeof(*setting_words); i++) {
		if (!strcmp(setting_words[i].word, word))
			return setting_words[i].setting;
	}
	return HUGE_SET_UNKNOWN;
}

const char *huge_setting_word(enum huge_setting setting)
{
	for (size_t i = 0; i < sizeof(setting_words) / sizeof(*setting_words); i++) {
		if (setting_words[i].setting == setting)
			return setting_words[i].word;
	}
	return "unknown";
}

static const char *const reason_words[HUGE_REASONS] = {
	[HUGE_MAPPED] = "mapped",
	[HUGE_NEXT] = "next",
	[HUGE_UNKNOWN] = "unknown",
	[HUGE_ACCESS] = "access",
	[HUGE_TABLE] = "table",
	[HUGE_ZERO] = "zero",
	[HUGE_KERNEL] = "kernel",
	[HUGE_NOHUGEPAGE] = "nohugepage",
	[HUGE_PRCTL] = "prctl",
	[HUGE_ADVISED] = "prctl-advised",
	[HUGE_SPECIAL] = "special",
	[HUGE_SETTING] = "setting",
	[HUGE_RANGE] = "range",
	[HUGE_MEMORY] = "memory",
	[HUGE_CGROUP] = "cgroup",
	[HUGE_UFFD] = "uffd",
	[HUGE_SHMEM] = "shmem",
	[HUGE_COPY] = "copy",
	[HUGE_PGOFF] = "pgoff",
	[HUGE_FILE] = "file",
	[HUGE_DRIVER] = "driver",
	[HUGE_EMPTY] = "empty",
	[HUGE_POOL] = "pool",
};

const char *huge_word(enum huge_reason reason)
{
	return reason_words[reason];
}
