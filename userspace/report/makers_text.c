// SPDX-License-Identifier: GPL-2.0-only
/* Output of the table of makers of VMAs, fitted to the width of the terminal. */
#include "base/format.h"
#include "base/printer.h"
#include "report/limit.h"
#include "report/makers.h"
#include "report/summary_text.h"

#include <limits.h>
#include <stdint.h>

typedef unsigned long long ull;

#define FILES_SHOWN 3

/* Positions where the columns end. At AT_CALL, the names of the calls begin. */
enum { AT_VMAS = 10, AT_MADE = 20, AT_CALL = 22 };

/*
 * If the function name of a maker is missing for a known reason, return the
 * maker's symbol, which contains the reason. Otherwise, return NULL.
 */
static const struct symbol *nameless(const struct row *maker,
				     struct symbols *symbols)
{
	const struct symbol *symbol = code_symbol(symbols, maker_code(maker),
						  /* call = */ true);

	return symbol && symbol->missing ? symbol : NULL;
}

/* Add the name of the code, shortened to fit the terminal. */
static void add_code(struct line *line, const struct row *maker,
		     struct symbols *symbols)
{
	char name[ROW_NAME_MAX * 4];
	struct line symbol;

	if (!maker->name[0])
		return;
	line_begin(&symbol, line->style);
	code_add_symbol(&symbol, symbols, maker_code(maker),
			/* call = */ true);
	format_name(name, sizeof(name), maker->name);
	if (maker_at(maker) != MAKER_CALLER)
		line_add(line, DIM, "%s ", maker_at_word(maker));
	text_shorten_middle(name, printer_room(line, symbol.columns));
	line_add(line, BOLD, "%s", name);
	line_join(line, &symbol);
}

void maker_add(struct line *line, const struct row *maker,
	       struct symbols *symbols)
{
	char words[MAKER_CALL_MAX];

	line_add(line, PLAIN, "%llu%s %s", (ull)maker->stats.max,
		 maker_before(maker) ? "" : " by", maker_words(maker, words));
	if (!maker->name[0])
		return;
	line_add(line, PLAIN, "  ");
	add_code(line, maker, symbols);
}

/*
 * Print the row of a maker. Omit the build ID of a file that was not found,
 * because a line below the table contains this build ID.
 */
static void maker_row(struct printer *printer, const struct row *maker,
		      int at_code, struct symbols *symbols)
{
	const bool found = !nameless(maker, symbols);
	char words[MAKER_CALL_MAX];
	struct line line;

	line_begin(&line, printer->style);
	printer_number(&line, AT_VMAS, maker->stats.max);
	printer_number(&line, AT_MADE, maker->stats.count);
	line_to(&line, AT_CALL);
	line_add(&line, PLAIN, "%s", maker_words(maker, words));
	if (maker->name[0])
		line_to(&line, at_code);
	add_code(&line, maker, found ? symbols : NULL);
	printer_line(printer, &line);
}

/* Return the column where the names of code begin, or 0 if no code is known. */
static int place_code(const struct table *makers, size_t rows)
{
	char words[MAKER_CALL_MAX];
	bool known = false;
	int width = 4;

	for (size_t i = 0; i < rows; i++) {
		int columns = text_columns(maker_words(&makers->rows[i],
						       words));

		if (width < columns)
			width = columns;
		known |= makers->rows[i].name[0];
	}
	return known ? AT_CALL + width + 2 : 0;
}

static void heads(struct printer *printer, int at_code)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, DIM, AT_VMAS, "VMAS");
	printer_right(&line, DIM, AT_MADE, "MADE");
	line_to(&line, AT_CALL);
	line_add(&line, DIM, "CALL");
	if (at_code) {
		line_to(&line, at_code);
		line_add(&line, DIM, "CALLED FROM");
	}
	printer_line(printer, &line);
}

/*
 * Explain why the sum of the rows can exceed the number of VMAs of any address
 * space.
 */
static void explain_sum(struct printer *printer, __u64 sum,
			const struct summary *summary)
{
	struct line line;

	if (sum <= summary->map_count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "the rows can have their maxima at different times "
		 "and in different processes; no address space %s more than "
		 "%u VMAs",
		 limit_incomplete(summary) ? "was seen with" : "had",
		 summary->map_count);
	printer_line(printer, &line);
}

/*
 * Explain the rows of splits: a split turns one VMA into two, but only one of
 * the two has the requested flags.
 */
static void explain_splits(struct printer *printer, const struct table *makers,
			   size_t rows)
{
	struct line line;
	bool split = false;

	for (size_t i = 0; i < rows; i++)
		split |= maker_splits(&makers->rows[i]) &&
			 !maker_before(&makers->rows[i]);
	if (!split)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "each split makes one more VMA, which is counted for "
		 "the call that caused the split");
	printer_line(printer, &line);
}

/*
 * Explain the row of the VMAs from before the recording. No event describes
 * these VMAs, so only the running process shows more about them.
 */
static void explain_before(struct printer *printer, const struct row *makers,
			   size_t rows)
{
	struct line line;

	for (size_t i = 0; i < rows; i++) {
		if (!maker_before(&makers[i]))
			continue;
		line_begin(&line, printer->style);
		line_add(&line, DIM, "while the process runs, mmapdemo why "
			 "--all PID shows the VMAs that were made before the "
			 "recording");
		printer_line(printer, &line);
		return;
	}
}

/* If the word for @at is in one of the rows, explain the word. */
static void explain_at(struct printer *printer, const struct row *makers,
		       size_t rows, enum maker_at at, const char *text)
{
	struct line line;

	for (size_t i = 0; i < rows; i++) {
		if (!makers[i].name[0] || maker_at(&makers[i]) != at)
			continue;
		line_begin(&line, printer->style);
		line_add(&line, DIM, "%s: %s", maker_at_word(&makers[i]), text);
		printer_line(printer, &line);
		return;
	}
}

/*
 * Print for how many VMAs the caller is unknown, and how the user can find the
 * caller.
 */
static void explain_unknown(struct printer *printer, const struct makers *makers)
{
	const __u64 unknown = makers->no_caller + makers->no_code;
	struct line line;

	if (!unknown)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "the caller of %llu VMA%s is unknown; ", (ull)unknown,
		 plural(unknown));
	if (makers->stacks)
		line_add(&line, DIM, "to find it, build the program and its "
			 "libraries with -fno-omit-frame-pointer");
	else
		line_add(&line, DIM, "if the program was built with "
			 "-fno-omit-frame-pointer, mmapdemo record --stack "
			 "records the caller");
	printer_line(printer, &line);
}

/*
 * Print the names of the first files that contain functions without a name, and
 * the reason for each file.
 */
static void explain_names(struct printer *printer, const struct row *makers,
			  size_t rows, struct symbols *symbols)
{
	struct code files[FILES_SHOWN];
	char path[PATH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < rows && count < FILES_SHOWN; i++) {
		const struct symbol *symbol = nameless(&makers[i], symbols);
		const struct code code = maker_code(&makers[i]);
		const char *id;
		struct line line;
		size_t known = 0;

		while (known < count && (files[known].ino != code.ino ||
					 files[known].dev != code.dev))
			known++;
		if (!symbol || known < count)
			continue;
		files[count++] = code;
		line_begin(&line, printer->style);
		format_name(path, sizeof(path), symbols_path(symbols, code.dev,
							     code.ino));
		line_add(&line, DIM, "no %s %s: %s", symbol->here ?
			 "names for some functions of" : "function names for",
			 path, symbol->missing);
		id = symbols_build_id(symbols, code.dev, code.ino);
		if (!symbol->here && *id)
			line_add(&line, DIM, " (build ID %s)", id);
		printer_line(printer, &line);
	}
}

void summary_makers(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols, size_t rows)
{
	const struct table *table = &summary->makers.boundaries.causes;
	const size_t shown = table->count < rows ? table->count : rows;
	const int at_code = place_code(table, shown);
	struct line line;
	__u64 sum = 0;

	heads(printer, at_code);
	for (size_t i = 0; i < shown; i++) {
		maker_row(printer, &table->rows[i], at_code, symbols);
		sum += table->rows[i].stats.max;
	}
	if (shown < table->count) {
		line_begin(&line, printer->style);
		line_to(&line, AT_CALL);
		line_add(&line, DIM, "... and %zu more", table->count - shown);
		printer_line(printer, &line);
	}
	explain_splits(printer, table, shown);
	explain_before(printer, table->rows, shown);
	explain_sum(printer, sum, summary);
	explain_at(printer, table->rows, shown, MAKER_VIA, "the nearest function "
		   "with a frame; it can be a caller of the caller");
	explain_at(printer, table->rows, shown, MAKER_IN, "the code that made the "
		   "system call; its caller is unknown");
	explain_unknown(printer, &summary->makers);
	explain_names(printer, table->rows, shown, symbols);
}

void summary_makers_all(struct printer *printer, const struct summary *summary,
			struct symbols *symbols)
{
	limit_text(printer, summary);
	summary_makers(printer, summary, symbols, SIZE_MAX);
}
