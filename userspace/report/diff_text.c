// SPDX-License-Identifier: GPL-2.0-only
#include "base/printer.h"
#include "report/diff.h"
#include "report/summary_text.h"

#include <string.h>

#define ROWS_SHORT 10
#define FIGURE_WORDS 96

typedef unsigned long long ull;

/* Columns of the tables */
enum { FAULTS_A, FAULTS_B, FAULTS_MORE, TIME_A, TIME_B, TIME_MORE, COLUMNS };

/* Positions where the columns end. The names are in the last column. */
static const int usual[COLUMNS] = { 10, 19, 28, 40, 51, 62 };
static const int narrow[COLUMNS] = { 9, 16, 24, 34, 44, 54 };

#define NARROW 80	/* if the terminal has fewer columns, use narrow[] */

static int at(const struct printer *printer, int column)
{
	const int fold = printer->style->fold;

	return (fold && fold < NARROW ? narrow : usual)[column];
}

/* Format @value in @unit. */
static const char *amount(const struct printer *printer, char text[FORMAT_MAX],
			  enum diff_unit unit, __u64 value)
{
	if (unit == DIFF_NS)
		return printer_duration(printer, text, value);
	if (unit == DIFF_BYTES)
		return format_size(text, value);
	snprintf(text, FORMAT_MAX, "%llu", (ull)value);
	return text;
}

/* Format the change @more with a sign, or as "=" if there is no change. */
static const char *change(const struct printer *printer, char text[FORMAT_MAX],
			  enum diff_unit unit, __s64 more)
{
	char value[FORMAT_MAX];

	if (!more)
		return strcpy(text, "=");
	snprintf(text, FORMAT_MAX, "%c%.30s", more < 0 ? '-' : '+',
		 amount(printer, value, unit, diff_size(more)));
	return text;
}

/* Return true if both values look the same when printed. */
static bool prints_alike(const struct printer *printer, enum diff_unit unit,
			 __u64 a, __u64 b)
{
	char x[FORMAT_MAX], y[FORMAT_MAX];

	return !strcmp(amount(printer, x, unit, a), amount(printer, y, unit, b));
}

static enum colour colour_of(__s64 more)
{
	return !more ? DIM : more < 0 ? GREEN : RED;
}

/* ---- what is compared ---- */

static void side(struct printer *printer, char letter,
		 const struct summary_file *file, const char *path)
{
	const struct stats *faults = &file->summary.faults.stats;
	char name[4 * 256], time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%c: ", letter);
	line_add(&line, PLAIN, "%s  ", format_name(name, sizeof(name), path));
	line_add(&line, DIM, "%s  (Linux %s)", file->replay.meta.title,
		 format_name(name, sizeof(name), file->replay.meta.kernel));
	printer_line(printer, &line);
	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "   %llu fault%s took %s", (ull)faults->count,
		 plural(faults->count),
		 printer_duration(printer, time, faults->ns));
	if (faults->untimed)
		line_add(&line, YELLOW, "; %llu of unknown duration",
			 (ull)faults->untimed);
	printer_line(printer, &line);
	summary_losses(printer, &file->replay.meta, "   ");
}

static void caution(struct printer *printer, const struct diff *diff)
{
	const struct meta *a = &diff->files[DIFF_A]->replay.meta;
	const struct meta *b = &diff->files[DIFF_B]->replay.meta;
	struct line line;

	line_begin(&line, printer->style);
	if (strcmp(a->title, b->title))
		line_add(&line, YELLOW, "the commands differ; ");
	if (strcmp(a->kernel, b->kernel))
		line_add(&line, YELLOW, "the kernels differ; ");
	if (!line.used)
		return;
	line_add(&line, PLAIN, "this may explain other differences");
	printer_line(printer, &line);
}

/*
 * Add the relative change. If a value has grown a lot, print a factor, which is
 * easier to read than a percentage.
 */
static void add_share(struct line *line, __u64 a, __u64 b)
{
	if (!a || a == b)
		return;
	if (b / 10 >= a)
		line_add(line, PLAIN, " (%.0f times as long)", (double)b / a);
	else
		line_add(line, PLAIN, " (%+.1f%%)", ((double)b - a) * 100 / a);
}

/*
 * Print a line such as "B has 12 fewer faults; the faults took 3.4 ms less
 * (-5.0%)".
 */
static void verdict(struct printer *printer, const struct diff *diff)
{
	const struct diff_row *all = &diff->faults;
	__s64 faults = diff_faults(all), ns = diff_ns(all);
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "B has ");
	if (faults)
		line_add(&line, colour_of(faults), "%llu %s fault%s",
			 (ull)diff_size(faults), faults < 0 ? "fewer" : "more",
			 plural(diff_size(faults)));
	else
		line_add(&line, PLAIN, "the same number of faults");
	line_add(&line, PLAIN, "; the faults took ");
	if (ns)
		line_add(&line, colour_of(ns), "%s %s",
			 printer_duration(printer, time, diff_size(ns)),
			 ns < 0 ? "less" : "more");
	else
		line_add(&line, PLAIN, "the same time");
	add_share(&line, all->sides[DIFF_A].ns, all->sides[DIFF_B].ns);
	printer_line(printer, &line);
}

/* ---- tables ---- */

static void heads(struct printer *printer, const char *first, const char *what)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, DIM, at(printer, FAULTS_A), first);
	printer_right(&line, DIM, at(printer, FAULTS_B), "B");
	printer_right(&line, DIM, at(printer, FAULTS_MORE), "CHANGE");
	printer_right(&line, DIM, at(printer, TIME_A), "TIME A");
	printer_right(&line, DIM, at(printer, TIME_B), "B");
	printer_right(&line, DIM, at(printer, TIME_MORE), "CHANGE");
	line_add(&line, DIM, "  %s", what);
	printer_line(printer, &line);
}

/* Add a duration. If no duration is known, leave the cell empty. */
static void add_time(const struct printer *printer, struct line *line,
		     int column, const struct stats *stats)
{
	if (stats_timed(stats) || !stats->count)
		printer_time(printer, line, at(printer, column), stats->ns);
}

/*
 * If both sides have the same number of faults or calls, and the longest fault
 * or call explains most of the change, add the duration of this fault or call.
 * A change that comes from a single fault or call may be chance.
 */
static void add_longest(const struct printer *printer, struct line *line,
			const struct diff_row *row)
{
	const __u64 ns = diff_size(diff_ns(row));
	const bool more = diff_ns(row) > 0;
	const struct stats *longer = &row->sides[more ? DIFF_B : DIFF_A];
	const struct stats *other = &row->sides[more ? DIFF_A : DIFF_B];
	char time[FORMAT_MAX];

	if (!diff_faults(row) && ns && longer->count > 1 &&
	    longer->max >= other->max + ns - ns / 4)
		line_add(line, DIM, ", the longest took %s",
			 printer_duration(printer, time, longer->max));
}

static void row(struct printer *printer, const struct diff_row *diff_row)
{
	const struct stats *a = &diff_row->sides[DIFF_A];
	const struct stats *b = &diff_row->sides[DIFF_B];
	__s64 faults = diff_faults(diff_row), ns = diff_ns(diff_row);
	char text[FORMAT_MAX], name[4 * ROW_NAME_MAX];
	struct line line;

	line_begin(&line, printer->style);
	printer_number(&line, at(printer, FAULTS_A), a->count);
	printer_number(&line, at(printer, FAULTS_B), b->count);
	printer_right(&line, colour_of(faults), at(printer, FAULTS_MORE),
		      change(printer, text, DIFF_COUNT, faults));
	add_time(printer, &line, TIME_A, a);
	add_time(printer, &line, TIME_B, b);
	printer_right(&line, colour_of(ns), at(printer, TIME_MORE),
		      change(printer, text, DIFF_NS, ns));
	line_add(&line, PLAIN, "  ");
	format_name(name, sizeof(name), diff_row->name);
	text_shorten_middle(name, printer_room(&line, 0));
	line_add(&line, BOLD, "%s", name);
	add_longest(printer, &line, diff_row);
	if (diff_row->failed[DIFF_A] || diff_row->failed[DIFF_B])
		line_add(&line, RED, ", failed: %llu %s %llu",
			 (ull)diff_row->failed[DIFF_A],
			 printer->style->glyphs->arrow,
			 (ull)diff_row->failed[DIFF_B]);
	printer_line(printer, &line);
}

/**
 * struct others - numbers of rows that were omitted
 * @differ: rows that differ, after the first ROWS_SHORT of such rows
 * @alike: rows that differ so little that they show no difference
 * @same: rows that are equal in A and B
 */
struct others {
	size_t differ;
	size_t alike;
	size_t same;
};

/*
 * Print how many rows were omitted. @rows is the number of rows that visibly
 * differ.
 */
static void others(struct printer *printer, size_t rows,
		   const struct others *rest)
{
	struct line line, text;
	int column = at(printer, TIME_MORE) + 2;

	line_begin(&text, printer->style);
	if (rest->differ)
		line_add(&text, DIM, "%zu more row%s", rest->differ,
			 rest->differ == 1 ? " differs" : "s differ");
	if (rest->alike)
		line_add(&text, DIM, "%s%zu%s row%s by at most 1 %% of the "
			 "total time, or not at all after rounding",
			 text.used ? "; " : "", rest->alike,
			 rows ? " other" : "",
			 rest->alike == 1 ? " differs" : "s differ");
	if (rest->same)
		line_add(&text, DIM, "%s%zu%s row%s unchanged",
			 text.used ? "; " : "", rest->same,
			 rows || rest->alike ? " other" : "",
			 rest->same == 1 ? " is" : "s are");
	if (!text.used)
		line_add(&text, DIM, rows ? "all rows differ" : "no rows");
	line_begin(&line, printer->style);
	if (column > line_room(&text))
		column = line_room(&text);
	line_to(&line, column);
	line_join(&line, &text);
	printer_line(printer, &line);
}

static bool is_same(const struct diff_row *row)
{
	return !diff_faults(row) && !diff_ns(row) &&
	       row->failed[DIFF_A] == row->failed[DIFF_B];
}

/* Return true if the row shows no difference. @sum is the sum of all rows. */
static bool is_alike(const struct printer *printer, const struct diff_row *sum,
		     const struct diff_row *row)
{
	return diff_alike(sum, row) ||
	       (!diff_faults(row) && row->failed[DIFF_A] == row->failed[DIFF_B] &&
		prints_alike(printer, DIFF_NS, row->sides[DIFF_A].ns,
			     row->sides[DIFF_B].ns));
}

/*
 * Print the rows of a table. @sum is the sum of all rows. If @all is set, print
 * all rows. Otherwise, print at most ROWS_SHORT rows, and omit rows that show
 * no difference.
 */
static void table(struct printer *printer, const struct diff_row *sum,
		  const struct diff_table *rows, bool all)
{
	struct others rest = { 0 };
	size_t shown = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (!all && is_same(&rows->rows[i]))
			rest.same++;
		else if (!all && is_alike(printer, sum, &rows->rows[i]))
			rest.alike++;
		else if (shown++ < ROWS_SHORT || all)
			row(printer, &rows->rows[i]);
	}
	if (shown > ROWS_SHORT)
		rest.differ = shown - ROWS_SHORT;
	if (!all)
		others(printer, shown, &rest);
}

static void faults(struct printer *printer, const struct diff *diff,
		   const struct diff_table *rows, const char *what, bool all)
{
	printer_empty(printer);
	heads(printer, "FAULTS A", what);
	table(printer, &diff->faults, rows, all);
}

/*
 * Print the table of the system calls that were recorded in both A and B. Then
 * print the names of the other system calls.
 */
static void calls(struct printer *printer, const struct diff *diff, bool all)
{
	const struct calls *const sides[DIFF_SIDES] = {
		&diff->files[DIFF_A]->summary.calls,
		&diff->files[DIFF_B]->summary.calls,
	};
	char names[128];
	bool unrecorded = calls_unrecorded(sides, DIFF_SIDES, names,
					   sizeof(names));
	struct line line;

	if (diff->calls.count || unrecorded)
		printer_empty(printer);
	if (diff->calls.count) {
		heads(printer, "CALLS A", "CALL");
		table(printer, &diff->all_calls, &diff->calls, all);
	}
	if (!unrecorded)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "calls not recorded in A or in B: %s", names);
	printer_line(printer, &line);
}

/* ---- the others ---- */

/* Write the words of a figure, in the singular if @value is 1. Return @text. */
static const char *words_of(const struct diff_figure *figure, __u64 value,
			    char text[FIGURE_WORDS])
{
	const char *words = figure->words, *bar = strchr(words, '|');
	const char *ending = bar ? bar + 1 : "";

	if (value == 1)
		ending += strcspn(ending, " ");
	snprintf(text, FIGURE_WORDS, "%.*s%s",
		 bar ? (int)(bar - words) : FIGURE_WORDS, words, ending);
	return text;
}

/* Add a note about the cost of recording, which grows with the number of events. */
static void add_cost(struct line *line, const struct diff *diff)
{
	const __u64 a = diff->files[DIFF_A]->summary.events;
	const __u64 b = diff->files[DIFF_B]->summary.events;

	line_add(line, PLAIN, ", which includes the cost of recording");
	if (a != b)
		line_add(line, PLAIN, " (%llu more event%s in %s)",
			 (ull)(a > b ? a - b : b - a),
			 plural(a > b ? a - b : b - a), a > b ? "A" : "B");
}

static void figure(struct printer *printer, const struct diff *diff,
		   const struct diff_figure *figure)
{
	__s64 more = figure->sides[DIFF_B] - figure->sides[DIFF_A];
	char a[FORMAT_MAX], b[FORMAT_MAX], text[FORMAT_MAX];
	char words[FIGURE_WORDS];
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, BOLD, at(printer, FAULTS_A),
		      change(printer, text, figure->unit, more));
	line_add(&line, PLAIN, "  %s %s %s %s",
		 amount(printer, a, figure->unit, figure->sides[DIFF_A]),
		 printer->style->glyphs->arrow,
		 amount(printer, b, figure->unit, figure->sides[DIFF_B]),
		 words_of(figure, figure->sides[DIFF_B], words));
	if (!strcmp(figure->name, "run_ns"))
		add_cost(&line, diff);
	printer_line(printer, &line);
}

/*
 * Print how many figures were omitted. @rounded is the number of figures whose
 * values differ, but look the same when printed.
 */
static void others_same(struct printer *printer, size_t same, size_t rounded)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "%zu other figure%s the same", same,
		 same == 1 ? " is" : "s are");
	if (rounded)
		line_add(&line, DIM, "; %zu more %s only before rounding "
			 "(see --all)", rounded, rounded == 1 ? "differs" :
								"differ");
	printer_line(printer, &line);
}

static void stats(struct printer *printer, const struct diff *diff, bool all)
{
	size_t same = 0, rounded = 0;

	printer_empty(printer);
	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_figure *one = &diff->stats[i];
		const __u64 a = one->sides[DIFF_A], b = one->sides[DIFF_B];

		if (!all && a == b)
			same++;
		else if (!all && prints_alike(printer, one->unit, a, b))
			rounded++;
		else
			figure(printer, diff, one);
	}
	if (!all)
		others_same(printer, same, rounded);
}

/* Print a note that the costs of read(2) are not in any row. */
static void scope(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "the times exclude copying by read(2); "
		 "mmapdemo count shows run times");
	printer_line(printer, &line);
}

int diff_text(FILE *out, const struct style *style, const struct diff *diff,
	      char *const paths[DIFF_SIDES], bool all)
{
	struct printer printer = { out, style, 0 };

	side(&printer, 'A', diff->files[DIFF_A], paths[DIFF_A]);
	side(&printer, 'B', diff->files[DIFF_B], paths[DIFF_B]);
	caution(&printer, diff);
	printer_empty(&printer);
	verdict(&printer, diff);
	faults(&printer, diff, &diff->classes, "CLASS", all);
	faults(&printer, diff, &diff->names, "FILE", all);
	calls(&printer, diff, all);
	stats(&printer, diff, all);
	scope(&printer);
	return printer.err;
}
