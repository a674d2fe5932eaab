// SPDX-License-Identifier: GPL-2.0-only
/* The module and the program compile the same source file. */
#include "system/huge_rules.h"
#include "../../module/trace/huge_rules.c"
#include "event/vm_flags.h"
#include "system/release.h"

#include <string.h>

/* ---- the rules of a kernel ---- */

struct huge_release huge_release(const char *release)
{
	static const struct release known[] = {
		{ 7, 2 }, { 6, 12 }, { 6, 1 }, { 5, 10 },
	};
	static const struct huge_release releases[] = {
		{ .rules = &mmapdemo_huge_7_2, .of = "7.2" },
		{ .rules = &mmapdemo_huge_6_12, .of = "6.12" },
		{ .rules = &mmapdemo_huge_6_1, .of = "6.1" },
		{ .rules = &mmapdemo_huge_5_10, .of = "5.10" },
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

/* ---- file systems ---- */

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

#define EM(value, name)		[value] = name,
#define EMe(value, name)	[value] = name,
static const char *const reason_words[HUGE_REASONS] = {
	MMAPDEMO_HUGE_REASONS
	[HUGE_NEXT] = "next",
	[HUGE_ACCESS] = "access",
	[HUGE_EMPTY] = "empty",
	[HUGE_POOL] = "pool",
};
#undef EM
#undef EMe

const char *huge_word(enum huge_reason reason)
{
	return reason_words[reason];
}
