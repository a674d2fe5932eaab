/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * List of the data that a recording or the output of trace lacks, with the
 * reasons.
 */
#ifndef _GAPS_H
#define _GAPS_H

#define GAPS_MAX 12

/**
 * struct gaps - list of what is missing
 * @list: sentences without a full stop
 * @count: number of entries in @list
 */
struct gaps {
	char list[GAPS_MAX][160];
	int count;
};

/* Add a sentence, unless the list is full. */
void gaps_add(struct gaps *gaps, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _GAPS_H */
