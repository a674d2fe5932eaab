// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file finds the reason why the first touch of 2 MiB mapped a huge page or not.
 *
 * huge_rules.c makes the tests of the kernel before the touch. This file adds what the
 * touch itself shows: the entry, the size of the folio, and the kernel's counters of huge
 * pages that could not be allocated. Only the settings remain unknown. If no other test
 * failed, a setting is the reason.
 *
 * This file uses types of the kernel, but no functions of the kernel, so that a test can
 * build it.
 */
#include "trace/huge_reason.h"

/*
 * Tests that do not decide about a touch that has mapped a page. A page table is the
 * reason only if no other test fails.
 */
#define NEVER	(1U << HUGE_ACCESS | 1U << HUGE_TABLE)

/* Return the first of the tests that failed, or HUGE_NONE. */
static u32 first_that_failed(const u8 *tests, u32 failed)
{
	while (*tests && !(failed & huge_bit(*tests)))
		tests++;
	return *tests;
}

/* Return the bit of the test that failed according to the counters, or 0. */
static u32 fallback_bit(const struct huge_result *result)
{
	switch (result->fallback) {
	case HUGE_FALLBACK_MEMORY:
		return huge_bit(HUGE_MEMORY);
	case HUGE_FALLBACK_CGROUP:
		return huge_bit(HUGE_CGROUP);
	default:
		return 0;
	}
}

/*
 * The fault was a write to the huge zero page. Older kernels always map small pages, as
 * do_huge_zero_wp_pmd() of newer kernels does if there is no huge page.
 */
static u32 reason_zero(const struct huge_rules *rules,
		       const struct huge_result *result)
{
	const u32 failed = fallback_bit(result);

	if (!rules->zero_replaced)
		return HUGE_ZERO;
	return failed & huge_bit(HUGE_MEMORY) ? HUGE_MEMORY :
	       failed ? HUGE_CGROUP : HUGE_UNKNOWN;
}

/*
 * Return true if the page was in the page cache before the fault, or the page cache now
 * has a huge page. The kernel then makes only the tests of do_set_pmd().
 */
static bool is_cached(const struct huge_facts *facts,
		      const struct huge_result *result)
{
	return facts->kind == HUGE_KIND_FILE || !facts->uncached ||
	       result->folio >= HUGE_PAGES;
}

static u32 reason_file(const struct huge_rules *rules,
		       const struct huge_facts *facts,
		       const struct huge_result *result)
{
	struct huge_facts file = *facts;
	u32 failed;

	file.kind = HUGE_KIND_FILE;
	failed = mmapdemo_huge_judge(rules, &file).failed & ~NEVER;
	if (result->folio >= HUGE_PAGES)
		failed &= ~huge_bit(HUGE_FILE);
	return first_that_failed(rules->tests[HUGE_KIND_FILE], failed) ?: HUGE_UNKNOWN;
}

/* Find the reason for memory that the kernel allocates during the fault. */
static u32 reason_new(const struct huge_rules *rules,
		      const struct huge_facts *facts,
		      const struct huge_result *result)
{
	const u32 failed = mmapdemo_huge_judge(rules, facts).failed & ~NEVER;
	const u32 reason = first_that_failed(rules->tests[facts->kind],
					failed | fallback_bit(result));

	if (reason)
		return reason;
	if (facts->entry == HUGE_ENTRY_TABLE)
		return HUGE_TABLE;
	if (result->fallback == HUGE_FALLBACK_UNKNOWN)
		return HUGE_UNKNOWN;
	return facts->kind == HUGE_KIND_ANON ? HUGE_SETTING : HUGE_SHMEM;
}

static bool is_huge_zero(const struct huge_facts *facts, u32 entry)
{
	return facts->kind == HUGE_KIND_ANON &&
	       (entry & (MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_HUGE |
			 MMAPDEMO_ENTRY_ANON)) ==
		       (MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_HUGE);
}

/* The entry before the fault was not none. Only writes to the huge zero page matter. */
static u32 reason_again(const struct huge_rules *rules,
			const struct huge_facts *facts,
			const struct huge_result *result)
{
	if (!is_huge_zero(facts, result->before) ||
	    is_huge_zero(facts, result->after))
		return HUGE_NONE;
	return result->after & MMAPDEMO_ENTRY_HUGE ? HUGE_MAPPED :
						     reason_zero(rules, result);
}

/**
 * mmapdemo_huge_reason - return the reason why a touch mapped a huge page or not
 * @rules: the rules of the kernel
 * @facts: what is known of the block of 2 MiB and its VMA. The settings are not known
 * @result: the fault, whose first attempt found no page table
 *
 * Return: enum mmapdemo_huge_reason.
 */
u32 mmapdemo_huge_reason(const struct huge_rules *rules,
			 const struct huge_facts *facts,
			 const struct huge_result *result)
{
	if (!(result->after & MMAPDEMO_ENTRY_PRESENT) ||
	    facts->kind == HUGE_KIND_POOL)
		return HUGE_NONE;
	if (result->before)
		return reason_again(rules, facts, result);
	if (result->after & MMAPDEMO_ENTRY_HUGE)
		return HUGE_MAPPED;
	switch (facts->kind) {
	case HUGE_KIND_ANON:
		return reason_new(rules, facts, result);
	case HUGE_KIND_DRIVER:
		return HUGE_DRIVER;
	default:
		return is_cached(facts, result) ?
			       reason_file(rules, facts, result) :
			       reason_new(rules, facts, result);
	}
}
