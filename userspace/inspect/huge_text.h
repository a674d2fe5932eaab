/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of mmapdemo why --huge, as text and as JSON. */
#ifndef _HUGE_TEXT_H
#define _HUGE_TEXT_H

#include "base/line.h"
#include "inspect/huge_space.h"

#include <stdio.h>

struct json_object;

/**
 * struct huge_try - the result of MADV_COLLAPSE
 * @asked: the kernel was asked
 * @err: 0 or -errno
 */
struct huge_try {
	bool asked;
	int err;
};

/*
 * Write the reason why most of the other memory of a VMA has no huge pages. Add the size
 * of this memory, as in "range 1.9 MiB", unless it is the whole VMA. Write "" if all
 * memory has huge pages, or gets them. Return @text.
 */
#define HUGE_BRIEF_MAX 64
const char *huge_brief(const struct huge_part *parts, char text[HUGE_BRIEF_MAX]);

/* Return what the error of MADV_COLLAPSE means. */
const char *huge_try_text(int err);

/*
 * Print the memory of a process by reason, or the block of an address with the tests of
 * the kernel. With @verbose, print every VMA. Return 0 or -errno.
 */
int huge_text_space(FILE *out, const struct style *style,
		    const struct huge_space *space, bool verbose);
int huge_text_block(FILE *out, const struct style *style,
		    const struct huge_space *space,
		    const struct huge_block *block, __u64 address,
		    const struct huge_try *try);

/* Write the same as lines of JSON. Return 0 or -errno. */
int huge_json_space(FILE *out, const struct huge_space *space);
int huge_json_block(FILE *out, const struct huge_space *space,
		    const struct huge_block *block, __u64 address,
		    const struct huge_try *try);

/*
 * Add the array "reasons", with the size of the memory by reason. If there is no memory,
 * free @object and return NULL.
 */
struct json_object *huge_json_reasons(struct json_object *object,
				      const struct huge_part *parts);

#endif /* _HUGE_TEXT_H */
