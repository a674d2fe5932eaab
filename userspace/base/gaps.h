/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording or a story lacks, and why. */
#ifndef _GAPS_H
#define _GAPS_H

#define GAPS_MAX 12

/**
 * struct gaps - a list
 * @list: sentences without a full stop
 * @count: of @list
 */
struct gaps {
	char list[GAPS_MAX][160];
	int count;
};

/* Add a sentence, unless the list is full. */
void gaps_add(struct gaps *gaps, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _GAPS_H */
