// SPDX-License-Identifier: GPL-2.0-only
/* Output of the tables of faults, fitted to the width of the terminal. */
#include "base/printer.h"
#include "base/format.h"
#include "event/names.h"
#include "report/summary_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROWS_SHORT 10
#define COLUMNS_MAX 8

/* Widths of the names of classes and of VMAs, and the minimum width of other names. */
#define NAME_CLASS 12
#define NAME_VMA 56
#define NAME_OTHER 40

/**
 * struct column - column of a table
 * @head: heading; NULL: there are no more columns
 * @width: width in characters, including the space before the column
 * @spare: order in which columns are omitted if there is no room, beginning
 *	with 1; 0: the column is never omitted
 */
struct column {
	const char *head;
	int width;
	int spare;
};

enum { COUNT, MAJOR, TIME, SHARE, COMMON };

/* Further columns of the table of classes. The name is the last column. */
enum { P50 = COMMON, P90, P99, MAX, CLASS };

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

/* Further columns of the other tables. The name is the last column. */
enum { MEAN = COMMON, LONGEST, NAME };

static const struct column other_columns[NAME + 1] = {
	[COUNT] = { "FAULTS", 10, 0 },
	[MAJOR] = { "MAJOR", 8, 1 },
	[TIME] = { "TIME", 11, 0 },
	[SHARE] = { "SHARE", 8, 3 },
	[MEAN] = { "MEAN", 11, 2 },
	[LONGEST] = { "MAX", 11, 4 },
};

/**
 * struct writing - a table that is being written
 * @printer: printer of the table's lines
 * @summary: source of the figures
 * @by: criterion that selects the table
 * @symbols: symbols of code; NULL: none
 * @alone: all VMAs are in one address space, or all threads in one process
 * @at: position where each column ends; 0: the column is omitted. The element
 *	after the last column is the position where the names begin
 */
struct writing {
	struct printer *printer;
	const struct summary *summary;
	enum summary_by by;
	struct symbols *symbols;
	bool alone;
	int at[COLUMNS_MAX + 1];
};

static void place(struct writing *writing, const struct column *columns,
		  int room)
{
	int width = 0, least = 1, end = 0, i;

	for (i = 0; columns[i].head; i++)
		width += columns[i].width;
	for (; width > room && least < 5; least++) {
		for (i = 0; columns[i].head; i++)
			width -= columns[i].spare == least ?
				 columns[i].width : 0;
	}
	for (i = 0; columns[i].head; i++) {
		bool shown = !columns[i].spare || columns[i].spare >= least;

		end += shown ? columns[i].width : 0;
		writing->at[i] = shown ? end : 0;
	}
	writing->at[i] = end + 2;
}

static void heads(const struct writing *writing, const struct column *columns)
{
	struct line line;
	int i;

	line_begin(&line, writing->printer->style);
	for (i = 0; columns[i].head; i++)
		printer_right(&line, DIM, writing->at[i], columns[i].head);
	line_to(&line, writing->at[i]);
	line_add(&line, DIM, "%s", by_names[writing->by].title);
	printer_line(writing->printer, &line);
}

/* Add the columns that all tables have in common. */
static void begin_row(const struct writing *writing, struct line *line,
		      const struct stats *stats, __u64 majors)
{
	const struct stats *all = &writing->summary->faults.stats;

	line_begin(line, writing->printer->style);
	printer_number(line, writing->at[COUNT], stats->count);
	printer_number(line, writing->at[MAJOR], majors);
	printer_time(writing->printer, line, writing->at[TIME], stats->ns);
	printer_share(line, writing->at[SHARE], stats->ns, all->ns);
}

/* ---- by class ---- */

static void class_row(const struct writing *writing,
		      const struct class_stats *class, const char *name)
{
	static const int percents[] = { 50, 90, 99 };
	const struct stats *stats = &class->stats;
	struct line line;

	begin_row(writing, &line, stats, class->majors);
	for (int i = 0; i < 3; i++)
		printer_time(writing->printer, &line, writing->at[P50 + i],
			     histogram_percentile(&class->durations, stats,
						  percents[i]));
	printer_time(writing->printer, &line, writing->at[MAX], stats->max);
	line_add(&line, BOLD, "  %s", name);
	printer_line(writing->printer, &line);
}

/* Print a row for each class, longest total time first. */
static void class_rows(const struct writing *writing)
{
	const struct class_stats *classes = writing->summary->classes;
	bool shown[MMAPDEMO_FAULT_CLASS_COUNT] = { false };

	for (;;) {
		int longest = -1;

		for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
			if (!shown[i] && classes[i].stats.count &&
			    (longest < 0 || classes[i].stats.ns >
			     classes[longest].stats.ns))
				longest = i;
		}
		if (longest < 0)
			return;
		shown[longest] = true;
		class_row(writing, &classes[longest],
			  name_of(names_class, longest));
	}
}

static void class_table(struct printer *printer, const struct summary *summary)
{
	struct writing writing = {
		.printer = printer, .summary = summary, .by = BY_CLASS,
	};

	place(&writing, class_columns, printer->style->width - NAME_CLASS);
	heads(&writing, class_columns);
	class_rows(&writing);
	class_row(&writing, &summary->faults, "all");
}

/* ---- by other criteria ---- */

static bool one_space(const struct table *vmas)
{
	for (size_t i = 1; i < vmas->count; i++) {
		if (vmas->rows[i].key.parts[0] != vmas->rows[0].key.parts[0])
			return false;
	}
	return true;
}

static bool one_process(const struct table *threads, const struct comms *comms)
{
	for (size_t i = 1; i < threads->count; i++) {
		if (comms_process(comms, threads->rows[i].key.parts[0]) !=
		    comms_process(comms, threads->rows[0].key.parts[0]))
			return false;
	}
	return true;
}

/*
 * Shorten @name in the middle to @columns columns. Keep the address range and
 * the permissions of a VMA.
 */
static void shorten(const struct writing *writing, char *name, int columns)
{
	char *rest = name;

	if (text_columns(name) <= columns)
		return;
	if (writing->by == BY_VMA)
		rest = strchr(strchr(name, ' ') + 1, ' ') + 1;
	text_shorten_middle(rest, columns - (int)(rest - name));
}

/*
 * Cut the id of the address space from the name of a VMA. Return the text to
 * print instead of the id: the PID and the name of the process. If there is no
 * room for the name in @room columns, return only the PID. If the process is
 * unknown, return the id.
 */
static const char *cut_space(const struct writing *writing,
			     const struct row *row, char *name, char *text,
			     size_t size, int room)
{
	const __u32 pid = summary_row_pid(row);
	const char *comm = comms_name(&writing->summary->comms, pid);
	char *space = strrchr(name, '(') - 1;
	char escaped[4 * COMM_MAX];

	snprintf(text, size, "%s", space);
	*space = 0;
	if (!pid)
		return text;
	format_name(escaped, sizeof(escaped), comm);
	snprintf(text, size, " (%u%s%s)", pid, *comm ? " " : "", escaped);
	if (text_columns(name) + text_columns(text) > room)
		snprintf(text, size, " (%u)", pid);
	return text;
}

/*
 * Return the name of a thread. If there are several processes, append the PID
 * and the name of the process.
 */
static const char *thread_names(const struct writing *writing,
				const struct row *row, char *text, size_t size)
{
	const struct comms *comms = &writing->summary->comms;
	const __u32 tid = row->key.parts[0], pid = comms_process(comms, tid);
	char thread[4 * COMM_MAX], process[4 * COMM_MAX];

	format_name(thread, sizeof(thread), comms_name(comms, tid));
	format_name(process, sizeof(process), comms_name(comms, pid));
	snprintf(text, size, "%s%s", *thread ? " " : "", thread);
	if (!writing->alone && pid != tid)
		snprintf(text, size, "%s%s (%u%s%s)", *thread ? " " : "", thread,
			 pid, *process ? " " : "", process);
	return text;
}

/*
 * Add the name of a row. If there is not enough room, omit the names of threads
 * and processes, or the address space if there is only one.
 */
static void add_name(const struct writing *writing, struct line *line,
		     const struct row *row)
{
	const bool call = writing->by == BY_CALLER;
	char name[ROW_NAME_MAX * 4], text[256];
	const char *space = "";
	struct line symbol;
	int room;

	line_begin(&symbol, line->style);
	if (call || writing->by == BY_IP)
		code_add_symbol(&symbol, writing->symbols,
				summary_row_code(row), call);
	format_name(name, sizeof(name), row->name);
	line_add(line, PLAIN, "  ");
	room = printer_room(line, symbol.columns);
	if (writing->by == BY_VMA)
		space = cut_space(writing, row, name, text, sizeof(text), room);
	if (writing->by == BY_THREAD)
		space = thread_names(writing, row, text, sizeof(text));
	if ((writing->alone || writing->by == BY_THREAD) &&
	    text_columns(name) + text_columns(space) > room)
		space = "";
	shorten(writing, name, room - text_columns(space));
	line_add(line, BOLD, "%s%s", name, space);
	line_join(line, &symbol);
}

static void other_row(const struct writing *writing, const struct row *row)
{
	const struct stats *stats = &row->stats;
	struct line line;

	begin_row(writing, &line, stats, row->majors);
	printer_time(writing->printer, &line, writing->at[MEAN],
		     stats_mean(stats));
	printer_time(writing->printer, &line, writing->at[LONGEST], stats->max);
	add_name(writing, &line, row);
	printer_line(writing->printer, &line);
}

/*
 * Return the width of the names. If the output is a terminal, names of VMAs get
 * more room.
 */
static int name_width(const struct writing *writing)
{
	return writing->by == BY_VMA && writing->printer->style->terminal ?
	       NAME_VMA : NAME_OTHER;
}

/*
 * Explain that a call stack lacks functions without a frame. If the only row is
 * "no caller was seen", there is nothing to explain.
 */
static void explain_frames(struct printer *printer, const struct table *callers)
{
	static const struct key unknown;
	struct line line;

	if (!callers->count ||
	    (callers->count == 1 &&
	     !memcmp(&callers->rows[0].key, &unknown, sizeof(unknown))))
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "call stacks lack functions without a frame, so the "
		 "function shown can be a caller of the caller");
	printer_line(printer, &line);
}

/* Print how many rows of the table were omitted. */
static void add_more(const struct writing *writing, size_t more)
{
	struct line line;

	line_begin(&line, writing->printer->style);
	line_to(&line, writing->at[NAME]);
	line_add(&line, DIM, "... and %zu more", more);
	printer_line(writing->printer, &line);
}

static void other_table(struct printer *printer, const struct summary *summary,
			enum summary_by by, size_t rows,
			struct symbols *symbols)
{
	const struct table *table = &summary->by[by];
	struct writing writing = {
		.printer = printer, .summary = summary, .by = by,
		.symbols = symbols,
		.alone = (by == BY_VMA && one_space(table)) ||
			 (by == BY_THREAD && one_process(table, &summary->comms)),
	};

	place(&writing, other_columns,
	      printer->style->width - name_width(&writing));
	heads(&writing, other_columns);
	for (size_t i = 0; i < table->count && i < rows; i++)
		other_row(&writing, &table->rows[i]);
	if (table->count > rows)
		add_more(&writing, table->count - rows);
	if (by == BY_CALLER)
		explain_frames(printer, table);
}

int summary_text_by(FILE *out, const struct style *style,
		    const struct summary *summary, enum summary_by by,
		    struct symbols *symbols)
{
	struct printer printer = { out, style, 0 };

	if (by == BY_CLASS)
		class_table(&printer, summary);
	else if (by == BY_MAKER)
		summary_makers_all(&printer, summary, symbols);
	else if (by == BY_PART)
		waits_text_parts(&printer, summary);
	else if (by == BY_HOLDER)
		waits_text_holders(&printer, summary, SIZE_MAX);
	else
		other_table(&printer, summary, by, summary->by[by].count,
			    symbols);
	return printer.err;
}

int summary_text_slowest(FILE *out, const struct style *style,
			 const struct summary *summary)
{
	struct printer printer = { out, style, 0 };

	waits_text_slowest(&printer, summary);
	return printer.err;
}

/* Omit tables without rows, such as BY_CALLER if there are no call stacks. */
void summary_tables(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols)
{
	static const enum summary_by order[] = {
		BY_FILE, BY_VMA, BY_IP, BY_CALLER
	};

	class_table(printer, summary);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!summary->by[order[i]].count)
			continue;
		printer_empty(printer);
		other_table(printer, summary, order[i], ROWS_SHORT, symbols);
	}
}
