/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of figures in columns, which end where the numbers do. */
#ifndef _PRINTER_H
#define _PRINTER_H

#include "base/format.h"
#include "base/line.h"

/** struct printer - where lines are written, and the first error */
struct printer {
	FILE *out;
	const struct style *style;
	int err;
};

/* Writes @line. */
void printer_line(struct printer *printer, const struct line *line);
void printer_empty(struct printer *printer);

/* The text ends at @column; 0: it is left out. */
void printer_right(struct line *line, enum colour colour, int column,
		   const char *text);
void printer_number(struct line *line, int column, __u64 number);
void printer_share(struct line *line, int column, __u64 part, __u64 whole);
void printer_time(const struct printer *printer, struct line *line, int column,
		  __u64 ns);

/*
 * How many columns a name may have behind @line, so that it ends where the terminal
 * does, with so many @behind it; never very few. INT_MAX: that is not known.
 */
int printer_room(const struct line *line, int behind);

/* As format_duration(), with the style's letter. */
const char *printer_duration(const struct printer *printer, char text[FORMAT_MAX],
			     __u64 ns);

#endif /* _PRINTER_H */
