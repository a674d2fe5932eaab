/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of lines with numbers in right-aligned columns. */
#ifndef _PRINTER_H
#define _PRINTER_H

#include "base/format.h"
#include "base/line.h"

/**
 * struct printer - output of lines
 * @out: the file to write to
 * @style: style of the lines
 * @err: the first error as -errno, or 0
 */
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
 * Return how wide a name after @line may be if @more columns follow the name.
 * The result is at least NAME_MIN. Return INT_MAX if the width of the terminal
 * is unknown.
 */
int printer_room(const struct line *line, int more);

/* Format a duration with the "micro" of printer->style. See format_duration(). */
const char *printer_duration(const struct printer *printer, char text[FORMAT_MAX],
			     __u64 ns);

#endif /* _PRINTER_H */
