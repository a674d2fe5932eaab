/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of figures in columns, which end where the numbers do. */
#ifndef _SHEET_H
#define _SHEET_H

#include "base/format.h"
#include "base/line.h"

/** struct sheet - where lines are written, and the first error */
struct sheet {
	FILE *out;
	const struct style *style;
	int err;
};

/* Writes @line. */
void sheet_line(struct sheet *sheet, const struct line *line);
void sheet_empty(struct sheet *sheet);

/* The text ends at @column; 0: it is left out. */
void sheet_right(struct line *line, enum colour colour, int column,
		 const char *text);
void sheet_number(struct line *line, int column, __u64 number);
void sheet_share(struct line *line, int column, __u64 part, __u64 whole);
void sheet_time(const struct sheet *sheet, struct line *line, int column,
		__u64 ns);

/*
 * How many columns a name may have behind @line, so that it ends where the terminal
 * does, with so many @behind it; never very few. INT_MAX: that is not known.
 */
int sheet_room(const struct line *line, int behind);

/* As format_duration(), with the style's letter. */
const char *sheet_duration(const struct sheet *sheet, char text[FORMAT_MAX],
			   __u64 ns);

#endif /* _SHEET_H */
