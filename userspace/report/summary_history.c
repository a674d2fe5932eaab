// SPDX-License-Identifier: GPL-2.0-only
/* How it went over time, as text. */
#include "base/columns.h"
#include "base/format.h"
#include "report/summary_text.h"

/* Where columns of the timeline end. */
enum {
	AT_BEGIN = 12,
	AT_FAULTS = 22,
	AT_SPENT = 33,
	AT_PAGES = 44,
	AT_TABLES = 55,
	AT_VMAS = 63,
	BAR_MAX = 16,
};

static void timeline_head(struct sheet *sheet)
{
	static const char *const heads[] = {
		"FROM", "FAULTS", "TIME", "PAGES", "TABLES", "VMAS", NULL
	};
	static const int columns[] = {
		AT_BEGIN, AT_FAULTS, AT_SPENT, AT_PAGES, AT_TABLES, AT_VMAS
	};
	struct line line;

	line_begin(&line, sheet->style);
	for (int i = 0; heads[i]; i++)
		sheet_right(&line, DIM, columns[i], heads[i]);
	sheet_line(sheet, &line);
}

static void timeline_row(struct sheet *sheet, const struct moment *moment,
			 __u64 begin, __u64 page_bytes, __u64 most)
{
	char text[FORMAT_MAX];
	struct line line;
	int room, bar;

	line_begin(&line, sheet->style);
	sheet_time(sheet, &line, AT_BEGIN, begin);
	sheet_number(&line, AT_FAULTS, moment->faults);
	sheet_time(sheet, &line, AT_SPENT, moment->ns);
	sheet_right(&line, PLAIN, AT_PAGES, format_size(text, moment->filled));
	sheet_right(&line, PLAIN, AT_TABLES,
		    format_size(text, moment->tables * page_bytes));
	if (moment->vmas)
		sheet_number(&line, AT_VMAS, moment->vmas);
	line_to(&line, AT_VMAS + 2);
	room = line_room(&line) < BAR_MAX ? line_room(&line) : BAR_MAX;
	bar = most && room > 0 ? (moment->ns * room + most - 1) / most : 0;
	for (int i = 0; i < bar; i++)
		line_add(&line, CYAN, "%s",
			 sheet->style->glyphs->bars[GLYPH_BARS - 1]);
	sheet_line(sheet, &line);
}

int summary_text_timeline(FILE *out, const struct style *style,
			  const struct summary *summary)
{
	const struct timeseries *timeseries = &summary->timeseries;
	const int count = timeseries_count(timeseries, summary->last);
	struct sheet sheet = { out, style, 0 };
	__u64 most = 0;

	for (int i = 0; i < count; i++) {
		if (most < timeseries->moments[i].ns)
			most = timeseries->moments[i].ns;
	}
	timeline_head(&sheet);
	for (int i = 0; i < count; i++)
		timeline_row(&sheet, &timeseries->moments[i],
			     i * timeseries->width,
			     summary->page_bytes, most);
	return sheet.err;
}
