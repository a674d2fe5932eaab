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

/* ---- smaller sizes ---- */

static bool size_allowed(const struct huge_facts *facts, enum huge_setting size)
{
	if (size == HUGE_SET_INHERIT)
		size = facts->settings.enabled;
	return test_word(size, facts->flags & VM_HUGEPAGE) == PASSES;
}

/*
 * alloc_anon_folio() makes the same tests for each smaller size, and the test for
 * userfaultfd for any mode.
 */
__u64 huge_smaller(const struct huge_rules *rules, const struct huge_facts *facts,
		   const struct huge_verdict *verdict, __u64 address,
		   const enum huge_setting sizes[HUGE_SIZES])
{
	const __u32 barred = huge_bit(HUGE_ACCESS) | huge_bit(HUGE_KERNEL) |
			     huge_bit(HUGE_NOHUGEPAGE) | huge_bit(HUGE_PRCTL) |
			     huge_bit(HUGE_ADVISED) | huge_bit(HUGE_UFFD);

	if (!rules->sized || facts->kind != HUGE_KIND_ANON ||
	    !(facts->flags & VM_WRITE) || verdict->failed & barred ||
	    verdict->reason == HUGE_MAPPED || verdict->reason == HUGE_NEXT)
		return 0;
	for (int i = HUGE_SIZES - 1; i >= 0; i--) {
		const __u64 bytes = HUGE_SIZE_MIN << i;
		const __u64 begin = address & -bytes;

		if (begin >= facts->start && begin + bytes <= facts->end &&
		    size_allowed(facts, sizes[i]))
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
