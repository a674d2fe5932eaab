/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of the module for huge pages. The program can use these rules, because they
 * call no kernel functions, and depend only on their arguments.
 */
#ifndef _HUGE_RULES_H
#define _HUGE_RULES_H

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#include "../../module/trace/huge_rules.h"

/**
 * struct huge_release - the rules of a kernel release
 * @rules: the rules
 * @of: the Linux release that has these rules
 * @exact: @of is the release of the kernel. Otherwise, @of is the latest known
 *	release before the release of the kernel, or the oldest known release
 */
struct huge_release {
	const struct huge_rules *rules;
	const char *of;
	bool exact;
};

/*
 * Return the rules of a kernel. @release is the kernel's release from uname(2).
 */
struct huge_release huge_release(const char *release);

/* Smaller sizes of huge pages: 16 KiB << 0 up to 16 KiB << (HUGE_SIZES - 1), 1 MiB */
#define HUGE_SIZES 7
#define HUGE_SIZE_MIN (16ULL << 10)

/*
 * Return the largest smaller size of a huge page that a touch of @address can map, or 0.
 * @sizes has the setting of each size for the kind of memory. The answer is wrong if
 * another page is mapped within this size. @verdict is the verdict for the block of the
 * address.
 */
__u64 huge_smaller(const struct huge_rules *rules, const struct huge_facts *facts,
		   const struct huge_verdict *verdict, __u64 address,
		   const enum huge_setting sizes[HUGE_SIZES]);

/* Return whether a file on a file system of this type can have folios of 2 MiB. */
enum huge_fact huge_folios(const struct huge_rules *rules, const char *type);

/* Return the word for a reason, such as "nohugepage". */
const char *huge_word(enum huge_reason reason);

/* Return the word for a setting, such as "madvise", and the setting for a word. */
const char *huge_setting_word(enum huge_setting setting);
enum huge_setting huge_setting_parse(const char *word);

#endif /* _HUGE_RULES_H */
