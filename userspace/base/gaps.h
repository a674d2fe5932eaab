/* SPDX-License-Identifier: GPL-2.0-only */
/* What is missing in a recording or a story, and why. */
#ifndef _GAPS_H
#define _GAPS_H

#define GAPS_MAX 12

/** struct gaps - @list: sentences without a full stop; @count: of them */
struct gaps {
	char list[GAPS_MAX][160];
	int count;
};

/* One sentence more. */
void gaps_add(struct gaps *gaps, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _GAPS_H */
