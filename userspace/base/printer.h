/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of lines with numbers in right-aligned columns. */
#ifndef _PRINTER_H
#define _PRINTER_H

#include "base/format.h"
#include "base/line.h"

/** struct printer - output of lines, and the first error of the output */
struct printer {
	FILE *out;
	const struct style *style;
	int err;
};

void printer_line(struct printer *printer, const struct line *line);
void printer_empty(struct printer *printer);

/* Add a text that ends at @column. If @column is 0, add nothing. */
void printer_right(struct line *line, enum colour colour, int column,
		   const char *text);
void printer_number(struct line *line, int column, __u64 number);
void printer_share(struct line *line, int column, __u64 part, __u64 whole);
void printer_time(const struct printer *printer, struct line *line, int column,
		  __u64 ns);

/*
 * Return the maximum width of a name after @line if @more columns follow the
 * name. The result is never below a minimum. Return INT_MAX if the width of the
 * terminal is unknown.
 */
int printer_room(const struct line *line, int more);

/* As format_duration(), with the style's prefix for microseconds. */
const char *printer_duration(const struct printer *printer, char text[FORMAT_MAX],
			     __u64 ns);

#endif /* _PRINTER_H */
