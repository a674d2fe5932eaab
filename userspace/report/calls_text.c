// SPDX-License-Identifier: GPL-2.0-only
/* Output of the table of system calls that manage memory. */
#include "base/printer.h"
#include "report/calls.h"

#include <stdlib.h>

typedef unsigned long long ull;

/* Positions where the columns end. The names of the calls are in the last column. */
enum {
	AT_CALLS = 10,
	AT_FAILED = 18,
	AT_TIME = 29,
	AT_MAX = 40,
};

static void heads(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, DIM, AT_CALLS, "CALLS");
	printer_right(&line, DIM, AT_FAILED, "FAILED");
	printer_right(&line, DIM, AT_TIME, "TIME");
	printer_right(&line, DIM, AT_MAX, "MAX");
	line_add(&line, DIM, "  CALL");
	printer_line(printer, &line);
}

/*
 * Add the errors, such as ", failed: ENOMEM 2, EINVAL 1", with the most
 * frequent error first.
 */
static void add_errors(struct line *line, const struct call_stats *call)
{
	const char *separator = ", failed: ";
	bool shown[CALL_ERRORS] = { false };

	for (;;) {
		int most = 0;

		for (int i = 1; i < CALL_ERRORS; i++) {
			if (!shown[i] && calls_error(i) &&
			    call->errors[i] > (most ? call->errors[most] : 0))
				most = i;
		}
		if (!most)
			return;
		shown[most] = true;
		line_add(line, RED, "%s%s %llu", separator, calls_error(most),
			 (ull)call->errors[most]);
		separator = ", ";
	}
}

/*
 * Print the row of a call. If no duration is known, leave the cells with times
 * empty.
 */
static void row(struct printer *printer, const struct call_stats *call,
		const char *name)
{
	const struct stats *stats = &call->stats;
	struct line line;

	line_begin(&line, printer->style);
	printer_number(&line, AT_CALLS, stats->count);
	printer_number(&line, AT_FAILED, call->failed);
	if (stats_timed(stats)) {
		printer_time(printer, &line, AT_TIME, stats->ns);
		printer_time(printer, &line, AT_MAX, stats->max);
	}
	line_to(&line, AT_MAX + 2);
	line_add(&line, BOLD, "%s", name);
	add_errors(&line, call);
	if (stats->untimed)
		line_add(&line, YELLOW, ", %llu of unknown duration",
			 (ull)stats->untimed);
	printer_line(printer, &line);
}

static int longest_first(const void *a, const void *b)
{
	const struct call_stats *const *x = a, *const *y = b;

	if ((*x)->stats.ns != (*y)->stats.ns)
		return (*x)->stats.ns < (*y)->stats.ns ? 1 : -1;
	return *x < *y ? -1 : 1;
}

/*
 * Print a row for each call, sorted by total time, longest first. Then print
 * the sum.
 */
static void rows(struct printer *printer, const struct calls *calls)
{
	const struct call_stats *order[EVENT_CALLS];
	struct call_stats sum = { 0 };
	int count = 0;

	for (int i = 0; i < EVENT_CALLS; i++) {
		if (calls->by[i].stats.count)
			order[count++] = &calls->by[i];
	}
	if (!count)
		return;
	qsort(order, count, sizeof(*order), longest_first);
	heads(printer);
	for (int i = 0; i < count; i++) {
		row(printer, order[i], calls_name(order[i] - calls->by));
		stats_join(&sum.stats, &order[i]->stats);
		sum.failed += order[i]->failed;
	}
	row(printer, &sum, "all");
	printer_empty(printer);
}

void calls_text(struct printer *printer, const struct calls *calls)
{
	char names[128];
	struct line line;

	rows(printer, calls);
	if (!calls_unrecorded(&calls, 1, names, sizeof(names)))
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "%s were not recorded: the kernel has no events "
		 "for system calls", names);
	printer_line(printer, &line);
}
