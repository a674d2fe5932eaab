// SPDX-License-Identifier: GPL-2.0-only
#include "base/columns.h"

#include <limits.h>

#define NAME_MIN 16

typedef unsigned long long ull;

void sheet_line(struct sheet *sheet, const struct line *line)
{
	if (!sheet->err)
		sheet->err = line_end(line, sheet->out);
}

void sheet_empty(struct sheet *sheet)
{
	struct line line;

	line_begin(&line, sheet->style);
	sheet_line(sheet, &line);
}

void sheet_right(struct line *line, enum colour colour, int column,
		 const char *text)
{
	if (!column)
		return;
	line_to(line, column - text_columns(text));
	line_add(line, colour, "%s", text);
}

void sheet_number(struct line *line, int column, __u64 number)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llu", (ull)number);
	sheet_right(line, PLAIN, column, text);
}

void sheet_share(struct line *line, int column, __u64 part, __u64 whole)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%.1f%%", whole ? part * 100. / whole :
		 0.);
	sheet_right(line, PLAIN, column, text);
}

const char *sheet_duration(const struct sheet *sheet, char text[FORMAT_MAX],
			   __u64 ns)
{
	return format_duration(text, ns, sheet->style->glyphs->micro);
}

void sheet_time(const struct sheet *sheet, struct line *line, int column,
		__u64 ns)
{
	char text[FORMAT_MAX];

	sheet_right(line, PLAIN, column, sheet_duration(sheet, text, ns));
}

int sheet_room(const struct line *line, int behind)
{
	int room = line->style->terminal - line->columns - behind;

	if (!line->style->terminal)
		return INT_MAX;
	return room > NAME_MIN ? room : NAME_MIN;
}
