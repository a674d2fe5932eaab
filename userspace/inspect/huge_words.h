/* SPDX-License-Identifier: GPL-2.0-only */
/* The reasons why memory has no huge page, in words. */
#ifndef _HUGE_WORDS_H
#define _HUGE_WORDS_H

#include "system/huge_rules.h"

#include <stdbool.h>

/**
 * struct huge_words - texts for a reason
 * @fails: what is the case if the test fails
 * @passes: what is the case if the test passes
 * @unseen: what is not known if the result of the test is not known
 */
struct huge_words {
	const char *fails;
	const char *passes;
	const char *unseen;
};

const struct huge_words *huge_words(enum huge_reason reason);

/* Return what is the case for memory with this reason, or was when it was recorded. */
const char *huge_reason_text(enum huge_reason reason, bool recorded);

#endif /* _HUGE_WORDS_H */
