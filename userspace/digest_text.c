// SPDX-License-Identifier: GPL-2.0-only
#include "digest_text.h"
#include "format.h"
#include "names.h"
#include "sheet.h"
#include "tell.h"

#include <string.h>

#define ROWS_SHORT 10

typedef unsigned long long ull;

static const char *const titles[] = {
	[BY_FILE] = "FILE", [BY_VMA] = "VMA", [BY_IP] = "INSTRUCTION",
	[BY_THREAD] = "THREAD", [BY_CALLER] = "CALLER",
};

/* ---- tables ---- */

/* Where columns end. */
enum {
	AT_COUNT = 10,
	AT_MAJOR = 18,
	AT_TIME = 29,
	AT_SHARE = 37,
	AT_P50 = 48,
	AT_P90 = 59,
	AT_P99 = 70,
	AT_MAX = 81,
	AT_MEAN = AT_P50,
	AT_LONGEST = AT_P90,
};

static void add_heads(struct line *line, const char *const *heads,
		      const int *columns)
{
	for (; *heads; heads++)
		sheet_right(line, DIM, *columns++, *heads);
}

static void class_row(struct sheet *sheet, const struct digest *digest,
		      const struct class_figures *class, const char *name)
{
	const struct figures *figures = &class->figures;
	struct line line;

	line_begin(&line, sheet->style);
	sheet_number(&line, AT_COUNT, figures->count);
	sheet_number(&line, AT_MAJOR, class->majors);
	sheet_time(sheet, &line, AT_TIME, figures->ns);
	sheet_share(&line, AT_SHARE, figures->ns, digest->faults.figures.ns);
	sheet_time(sheet, &line, AT_P50,
		 histogram_percentile(&class->durations, figures, 50));
	sheet_time(sheet, &line, AT_P90,
		 histogram_percentile(&class->durations, figures, 90));
	sheet_time(sheet, &line, AT_P99,
		 histogram_percentile(&class->durations, figures, 99));
	sheet_time(sheet, &line, AT_MAX, figures->max);
	line_add(&line, BOLD, "  %s", name);
	sheet_line(sheet, &line);
}

/* The classes that took longest first. */
static void class_rows(struct sheet *sheet, const struct digest *digest)
{
	bool told[MMAPDEMO_FAULT_CLASS_COUNT] = { false };

	for (;;) {
		const struct class_figures *classes = digest->classes;
		int longest = -1;

		for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
			if (!told[i] && classes[i].figures.count &&
			    (longest < 0 || classes[i].figures.ns >
			     classes[longest].figures.ns))
				longest = i;
		}
		if (longest < 0)
			return;
		told[longest] = true;
		class_row(sheet, digest, &classes[longest],
			  name_of(names_class, longest));
	}
}

static void class_table(struct sheet *sheet, const struct digest *digest)
{
	static const char *const heads[] = {
		"FAULTS", "MAJOR", "TIME", "SHARE", "P50", "P90", "P99", "MAX",
		NULL
	};
	static const int columns[] = {
		AT_COUNT, AT_MAJOR, AT_TIME, AT_SHARE, AT_P50, AT_P90, AT_P99,
		AT_MAX
	};
	struct line line;

	line_begin(&line, sheet->style);
	add_heads(&line, heads, columns);
	line_add(&line, DIM, "  CLASS");
	sheet_line(sheet, &line);
	class_rows(sheet, digest);
	class_row(sheet, digest, &digest->faults, "all");
}

static void table_line(struct sheet *sheet, const struct digest *digest,
		       enum digest_by by, const struct row *row,
		       struct symbols *symbols)
{
	const struct figures *figures = &row->figures;
	char name[ROW_NAME_MAX * 4];
	struct line line;

	line_begin(&line, sheet->style);
	sheet_number(&line, AT_COUNT, figures->count);
	sheet_number(&line, AT_MAJOR, row->majors);
	sheet_time(sheet, &line, AT_TIME, figures->ns);
	sheet_share(&line, AT_SHARE, figures->ns, digest->faults.figures.ns);
	sheet_time(sheet, &line, AT_MEAN, figures->ns / figures->count);
	sheet_time(sheet, &line, AT_LONGEST, figures->max);
	line_add(&line, BOLD, "  %s",
		 format_name(name, sizeof(name), row->name));
	if (by == BY_IP || by == BY_CALLER)
		digest_add_symbol(&line, symbols, digest_row_code(row),
				  /* call = */ by == BY_CALLER);
	sheet_line(sheet, &line);
}

static void table(struct sheet *sheet, const struct digest *digest,
		  enum digest_by by, size_t rows, struct symbols *symbols)
{
	static const char *const heads[] = {
		"FAULTS", "MAJOR", "TIME", "SHARE", "MEAN", "MAX", NULL
	};
	static const int columns[] = {
		AT_COUNT, AT_MAJOR, AT_TIME, AT_SHARE, AT_MEAN, AT_LONGEST
	};
	const struct table *table = &digest->by[by];
	struct line line;

	line_begin(&line, sheet->style);
	add_heads(&line, heads, columns);
	line_add(&line, DIM, "  %s", titles[by]);
	sheet_line(sheet, &line);
	for (size_t i = 0; i < table->count && i < rows; i++)
		table_line(sheet, digest, by, &table->rows[i], symbols);
	if (table->count <= rows)
		return;
	line_begin(&line, sheet->style);
	line_to(&line, AT_LONGEST + 2);
	line_add(&line, DIM, "... and %zu more", table->count - rows);
	sheet_line(sheet, &line);
}

int digest_text_by(FILE *out, const struct style *style,
		   const struct digest *digest, enum digest_by by,
		   struct symbols *symbols)
{
	struct sheet sheet = { out, style, 0 };

	if (by == BY_CLASS)
		class_table(&sheet, digest);
	else
		table(&sheet, digest, by, digest->by[by].count, symbols);
	return sheet.err;
}

/* ---- sentences ---- */

static void heading(struct sheet *sheet, const struct digest *digest,
		    const struct told *told)
{
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "mmapdemo report: %s", told->title);
	line_add(&line, PLAIN, "  (Linux %s)", told->kernel);
	sheet_line(sheet, &line);
	line_begin(&line, sheet->style);
	line_add(&line, PLAIN, "%llu events in %s of %zu threads, %llu exec",
		 (ull)digest->events,
		 sheet_duration(sheet, time, digest->last - digest->first),
		 digest->by[BY_THREAD].count,
		 (ull)digest->kinds[EVENT_EXEC]);
	sheet_line(sheet, &line);
}

static void add_absent(const char *function, const char *events, int error,
		       void *data)
{
	struct sheet *sheet = data;
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, YELLOW, "not observed: %s", function);
	line_add(&line, PLAIN, ", for %s: %s", events,
		 name_attach_error(error));
	sheet_line(sheet, &line);
}

/* First of all: can the rest be believed? */
static void losses(struct sheet *sheet, const struct told *told)
{
	struct line line;

	line_begin(&line, sheet->style);
	if (!told->lost && !told->missed)
		line_add(&line, GREEN, "nothing was lost");
	if (told->lost)
		line_add(&line, RED, "%llu events were lost: all figures are "
			 "too low; record with a larger --buffer",
			 (ull)told->lost);
	if (told->missed)
		line_add(&line, RED, "%s%llu calls could not be observed: too "
			 "many at once", told->lost ? "; " : "",
			 (ull)told->missed);
	sheet_line(sheet, &line);
	told_absent(told, add_absent, sheet);
}

/* Of the callers those who called what touched, if they are known. */
static void fault_tables(struct sheet *sheet, const struct digest *digest,
			 struct symbols *symbols)
{
	static const enum digest_by order[] = {
		BY_FILE, BY_VMA, BY_IP, BY_CALLER
	};

	class_table(sheet, digest);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!digest->by[order[i]].count)
			continue;
		sheet_empty(sheet);
		table(sheet, digest, order[i], ROWS_SHORT, symbols);
	}
}

static void faults(struct sheet *sheet, const struct digest *digest,
		   struct symbols *symbols)
{
	const struct figures *figures = &digest->faults.figures;
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu faults", (ull)figures->count);
	line_add(&line, PLAIN, " took %s", sheet_duration(sheet, time, figures->ns));
	if (digest->faults.majors)
		line_add(&line, RED, "; %llu major",
			 (ull)digest->faults.majors);
	if (digest->retried)
		line_add(&line, YELLOW, "; %llu retried",
			 (ull)digest->retried);
	sheet_line(sheet, &line);
	if (figures->count)
		fault_tables(sheet, digest, symbols);
}

static void mmaps(struct sheet *sheet, const struct digest *digest)
{
	char time[FORMAT_MAX], size[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu mmap calls",
		 (ull)digest->mmaps.count);
	line_add(&line, PLAIN, " took %s and mapped %s",
		 sheet_duration(sheet, time, digest->mmaps.ns),
		 format_size(size, digest->mapped));
	if (digest->mmaps_failed)
		line_add(&line, RED, "; %llu failed",
			 (ull)digest->mmaps_failed);
	sheet_line(sheet, &line);
}

static void merges(struct sheet *sheet, const struct digest *digest)
{
	const char *separator = ": ";
	__u64 refused = 0, merged = 0;
	struct line line;

	for (int i = 1; i < 4; i++)
		merged += digest->outcomes[i];
	for (int i = 0; i <= MMAPDEMO_CAUSE_INSERT; i++)
		refused += digest->refused[i];
	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu merges", (ull)merged);
	line_add(&line, PLAIN, " with a neighbour, %llu refused although there "
		 "was one", (ull)refused);
	for (int i = 0; i <= MMAPDEMO_CAUSE_INSERT; i++) {
		if (!digest->refused[i])
			continue;
		line_add(&line, PLAIN, "%s%llu for %s", separator,
			 (ull)digest->refused[i], name_of(names_cause, i));
		separator = ", ";
	}
	sheet_line(sheet, &line);
}

/* Why they were refused, the most frequent reason first. */
static void reasons(struct sheet *sheet, const struct digest *digest)
{
	bool told[MMAPDEMO_REASON_COUNT] = { false };

	for (;;) {
		struct line line;
		int most = -1;

		for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
			if (!told[i] && digest->reasons[i] &&
			    (most < 0 || digest->reasons[i] >
			     digest->reasons[most]))
				most = i;
		}
		if (most < 0)
			return;
		told[most] = true;
		line_begin(&line, sheet->style);
		sheet_number(&line, AT_COUNT, digest->reasons[most]);
		line_add(&line, PLAIN, "  %s", tell_reason(most));
		sheet_line(sheet, &line);
	}
}

/* ---- over time ---- */

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
	add_heads(&line, heads, columns);
	sheet_line(sheet, &line);
}

static void timeline_row(struct sheet *sheet, const struct moment *moment,
			 __u64 begin, __u64 page_bytes, __u64 most)
{
	char text[FORMAT_MAX];
	struct line line;
	int bar = most ? (moment->ns * BAR_MAX + most - 1) / most : 0;

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
	for (int i = 0; i < bar; i++)
		line_add(&line, CYAN, "%s",
			 sheet->style->glyphs->bars[GLYPH_BARS - 1]);
	sheet_line(sheet, &line);
}

int digest_text_timeline(FILE *out, const struct style *style,
			 const struct digest *digest)
{
	const struct history *history = &digest->history;
	const int count = history_count(history, digest->last);
	struct sheet sheet = { out, style, 0 };
	__u64 most = 0;

	for (int i = 0; i < count; i++) {
		if (most < history->moments[i].ns)
			most = history->moments[i].ns;
	}
	timeline_head(&sheet);
	for (int i = 0; i < count; i++)
		timeline_row(&sheet, &history->moments[i], i * history->width,
			     digest->page_bytes, most);
	return sheet.err;
}

/* ---- all of it ---- */

static void growth(struct sheet *sheet, const struct digest *digest,
		   const struct told *told)
{
	char filled[FORMAT_MAX], tables[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu VMAs", (ull)digest->map_count);
	line_add(&line, PLAIN, " at most in one address space");
	if (told->max_map_count)
		line_add(&line, digest->map_count * 10ULL >
			 told->max_map_count * 9 ? RED : PLAIN,
			 ", %llu are allowed", (ull)told->max_map_count);
	line_add(&line, PLAIN, "; %llu new, %llu splits, %llu removals",
		 (ull)digest->kinds[MMAPDEMO_EVENT_VMA_LINK],
		 (ull)digest->kinds[MMAPDEMO_EVENT_VMA_SPLIT],
		 (ull)digest->kinds[MMAPDEMO_EVENT_VMA_UNLINK]);
	sheet_line(sheet, &line);
	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%s", format_size(filled, digest->filled));
	line_add(&line, PLAIN, " of pages were mapped where faults happened, "
		 "and %s of page tables allocated",
		 format_size(tables, digest->tables * digest->page_bytes));
	if (digest->unseen)
		line_add(&line, YELLOW, "; not seen of %llu faults",
			 (ull)digest->unseen);
	sheet_line(sheet, &line);
}

static void flush_reasons(struct line *line, const struct digest *digest)
{
	const char *separator = "; ";

	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (!digest->flushes[i].count)
			continue;
		line_add(line, PLAIN, "%s%llu %s", separator,
			 (ull)digest->flushes[i].count,
			 name_of(names_flush, i));
		separator = ", ";
	}
}

static void flushes(struct sheet *sheet, const struct digest *digest)
{
	const struct flush_figures sum = digest_flushes(digest);
	struct line line;

	line_begin(&line, sheet->style);
	if (digest->flushes_known) {
		line_add(&line, BOLD, "%llu flushes of the TLB",
			 (ull)sum.count);
		line_add(&line, PLAIN, ", %llu of all its entries, the others "
			 "of %llu pages", (ull)sum.all, (ull)sum.pages);
		flush_reasons(&line, digest);
	} else {
		line_add(&line, DIM, "flushes of the TLB were not recorded: "
			 "there is no tlb:tlb_flush");
	}
	sheet_line(sheet, &line);
}

int digest_text(FILE *out, const struct style *style,
		const struct digest *digest, const struct told *told,
		struct symbols *symbols)
{
	struct sheet sheet = { out, style, 0 };

	heading(&sheet, digest, told);
	losses(&sheet, told);
	sheet_empty(&sheet);
	faults(&sheet, digest, symbols);
	sheet_empty(&sheet);
	mmaps(&sheet, digest);
	merges(&sheet, digest);
	reasons(&sheet, digest);
	growth(&sheet, digest, told);
	flushes(&sheet, digest);
	return sheet.err;
}
