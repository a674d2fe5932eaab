// SPDX-License-Identifier: GPL-2.0-only
/* Tables of faults, as wide as there is room. */
#include "digest_text.h"
#include "format.h"
#include "names.h"
#include "sheet.h"

#define ROWS_SHORT 10
#define COLUMNS_MAX 8

/* What names of classes need, and what others should have. */
#define NAME_CLASS 12
#define NAME_OTHER 40

static const char *const titles[] = {
	[BY_FILE] = "FILE", [BY_VMA] = "VMA", [BY_IP] = "INSTRUCTION",
	[BY_THREAD] = "THREAD", [BY_CALLER] = "CALLER",
};

/**
 * struct column - of a table
 * @head: its name, NULL: there are no more
 * @width: with the space before it
 * @spare: where there is no room the columns with 1 go, then those with 2 ...;
 *	0: it stays
 */
struct column {
	const char *head;
	int width;
	int spare;
};

/* Where each column ends, 0: it is left out; after the last one, the names. */
static void place(int at[COLUMNS_MAX + 1], const struct column *columns,
		  int room)
{
	int width = 0, least = 1, end = 0, i;

	for (i = 0; columns[i].head; i++)
		width += columns[i].width;
	for (; width > room && least < 4; least++) {
		for (i = 0; columns[i].head; i++)
			width -= columns[i].spare == least ?
				 columns[i].width : 0;
	}
	for (i = 0; columns[i].head; i++) {
		bool shown = !columns[i].spare || columns[i].spare >= least;

		end += shown ? columns[i].width : 0;
		at[i] = shown ? end : 0;
	}
	at[i] = end + 2;
}

static void heads(struct sheet *sheet, const struct column *columns,
		  const int *at, const char *title)
{
	struct line line;
	int i;

	line_begin(&line, sheet->style);
	for (i = 0; columns[i].head; i++)
		sheet_right(&line, DIM, at[i], columns[i].head);
	line_to(&line, at[i]);
	line_add(&line, DIM, "%s", title);
	sheet_line(sheet, &line);
}

/* ---- by class ---- */

enum { COUNT, MAJOR, TIME, SHARE, P50, P90, P99, MAX, CLASS };

static const struct column class_columns[CLASS + 1] = {
	[COUNT] = { "FAULTS", 10, 0 },
	[MAJOR] = { "MAJOR", 8, 2 },
	[TIME] = { "TIME", 11, 0 },
	[SHARE] = { "SHARE", 8, 3 },
	[P50] = { "P50", 11, 0 },
	[P90] = { "P90", 11, 1 },
	[P99] = { "P99", 11, 0 },
	[MAX] = { "MAX", 11, 0 },
};

static void class_row(struct sheet *sheet, const struct digest *digest,
		      const struct class_figures *class, const char *name,
		      const int *at)
{
	const struct figures *figures = &class->figures;
	struct line line;

	line_begin(&line, sheet->style);
	sheet_number(&line, at[COUNT], figures->count);
	sheet_number(&line, at[MAJOR], class->majors);
	sheet_time(sheet, &line, at[TIME], figures->ns);
	sheet_share(&line, at[SHARE], figures->ns, digest->faults.figures.ns);
	sheet_time(sheet, &line, at[P50],
		   histogram_percentile(&class->durations, figures, 50));
	sheet_time(sheet, &line, at[P90],
		   histogram_percentile(&class->durations, figures, 90));
	sheet_time(sheet, &line, at[P99],
		   histogram_percentile(&class->durations, figures, 99));
	sheet_time(sheet, &line, at[MAX], figures->max);
	line_add(&line, BOLD, "  %s", name);
	sheet_line(sheet, &line);
}

/* The classes that took longest first. */
static void class_rows(struct sheet *sheet, const struct digest *digest,
		       const int *at)
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
			  name_of(names_class, longest), at);
	}
}

static void class_table(struct sheet *sheet, const struct digest *digest)
{
	int at[COLUMNS_MAX + 1];

	place(at, class_columns, sheet->style->width - NAME_CLASS);
	heads(sheet, class_columns, at, "CLASS");
	class_rows(sheet, digest, at);
	class_row(sheet, digest, &digest->faults, "all", at);
}

/* ---- by anything else ---- */

enum { MEAN = P50, LONGEST, NAME };

static const struct column columns[NAME + 1] = {
	[COUNT] = { "FAULTS", 10, 0 },
	[MAJOR] = { "MAJOR", 8, 1 },
	[TIME] = { "TIME", 11, 0 },
	[SHARE] = { "SHARE", 8, 3 },
	[MEAN] = { "MEAN", 11, 2 },
	[LONGEST] = { "MAX", 11, 0 },
};

static void table_line(struct sheet *sheet, const struct digest *digest,
		       enum digest_by by, const struct row *row,
		       struct symbols *symbols, const int *at)
{
	const struct figures *figures = &row->figures;
	char name[ROW_NAME_MAX * 4];
	struct line line;

	line_begin(&line, sheet->style);
	sheet_number(&line, at[COUNT], figures->count);
	sheet_number(&line, at[MAJOR], row->majors);
	sheet_time(sheet, &line, at[TIME], figures->ns);
	sheet_share(&line, at[SHARE], figures->ns, digest->faults.figures.ns);
	sheet_time(sheet, &line, at[MEAN], figures->ns / figures->count);
	sheet_time(sheet, &line, at[LONGEST], figures->max);
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
	const struct table *table = &digest->by[by];
	int at[COLUMNS_MAX + 1];
	struct line line;

	place(at, columns, sheet->style->width - NAME_OTHER);
	heads(sheet, columns, at, titles[by]);
	for (size_t i = 0; i < table->count && i < rows; i++)
		table_line(sheet, digest, by, &table->rows[i], symbols, at);
	if (table->count <= rows)
		return;
	line_begin(&line, sheet->style);
	line_to(&line, at[NAME]);
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

/* Of the callers those who called what touched, if they are known. */
void digest_tables(struct sheet *sheet, const struct digest *digest,
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
