// SPDX-License-Identifier: GPL-2.0-only
/* Output of the figures over time. */
#include "base/printer.h"
#include "base/format.h"
#include "report/summary_text.h"

/*
 * Positions where the columns of the timeline end. BAR_MAX is the length of the
 * longest bar.
 */
enum {
	AT_BEGIN = 12,
	AT_FAULTS = 22,
	AT_SPENT = 33,
	AT_PAGES = 44,
	AT_TABLES = 55,
	AT_VMAS = 63,
	BAR_MAX = 16,
};

static void timeline_head(struct printer *printer)
{
	static const char *const heads[] = {
		"FROM", "FAULTS", "TIME", "PAGES", "TABLES", "VMAS", NULL
	};
	static const int columns[] = {
		AT_BEGIN, AT_FAULTS, AT_SPENT, AT_PAGES, AT_TABLES, AT_VMAS
	};
	struct line line;

	line_begin(&line, printer->style);
	for (int i = 0; heads[i]; i++)
		printer_right(&line, DIM, columns[i], heads[i]);
	printer_line(printer, &line);
}

static void timeline_row(struct printer *printer, const struct moment *moment,
			 __u64 begin, __u64 page_bytes, __u64 most)
{
	char text[FORMAT_MAX];
	struct line line;
	int room, bar;

	line_begin(&line, printer->style);
	printer_time(printer, &line, AT_BEGIN, begin);
	printer_number(&line, AT_FAULTS, moment->faults);
	printer_time(printer, &line, AT_SPENT, moment->ns);
	printer_right(&line, PLAIN, AT_PAGES, format_size(text, moment->filled + moment->around));
	printer_right(&line, PLAIN, AT_TABLES,
		      format_size(text, moment->tables * page_bytes));
	if (moment->vmas)
		printer_number(&line, AT_VMAS, moment->vmas);
	line_to(&line, AT_VMAS + 2);
	room = line_room(&line) < BAR_MAX ? line_room(&line) : BAR_MAX;
	bar = most && room > 0 ? (moment->ns * room + most - 1) / most : 0;
	for (int i = 0; i < bar; i++)
		line_add(&line, CYAN, "%s",
			 printer->style->glyphs->bars[GLYPH_BARS - 1]);
	printer_line(printer, &line);
}

int summary_text_timeline(FILE *out, const struct style *style,
			  const struct summary *summary)
{
	const struct timeseries *timeseries = &summary->timeseries;
	const int count = timeseries_count(timeseries);
	struct printer printer = { out, style, 0 };
	__u64 most = 0;

	for (int i = 0; i < count; i++) {
		if (most < timeseries->moments[i].ns)
			most = timeseries->moments[i].ns;
	}
	timeline_head(&printer);
	for (int i = 0; i < count; i++)
		timeline_row(&printer, &timeseries->moments[i],
			     timeseries_from(timeseries, i, summary->first),
			     summary->page_bytes, most);
	return printer.err;
}
