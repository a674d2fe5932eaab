// SPDX-License-Identifier: GPL-2.0-only
#include "base/printer.h"

#include <limits.h>

#define NAME_MIN 16

typedef unsigned long long ull;

void printer_line(struct printer *printer, const struct line *line)
{
	if (!printer->err)
		printer->err = line_end(line, printer->out);
}

void printer_empty(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_line(printer, &line);
}

void printer_right(struct line *line, enum colour colour, int column,
		   const char *text)
{
	if (!column)
		return;
	line_to(line, column - text_columns(text));
	line_add(line, colour, "%s", text);
}

void printer_number(struct line *line, int column, __u64 number)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llu", (ull)number);
	printer_right(line, PLAIN, column, text);
}

void printer_share(struct line *line, int column, __u64 part, __u64 whole)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%.1f%%", whole ? part * 100. / whole :
		 0.);
	printer_right(line, PLAIN, column, text);
}

const char *printer_duration(const struct printer *printer, char text[FORMAT_MAX],
			     __u64 ns)
{
	return format_duration(text, ns, printer->style->glyphs->micro);
}

void printer_time(const struct printer *printer, struct line *line, int column,
		  __u64 ns)
{
	char text[FORMAT_MAX];

	printer_right(line, PLAIN, column, printer_duration(printer, text, ns));
}

int printer_room(const struct line *line, int more)
{
	int room = line->style->terminal - line->columns - more;

	if (!line->style->terminal)
		return INT_MAX;
	return room > NAME_MIN ? room : NAME_MIN;
}
