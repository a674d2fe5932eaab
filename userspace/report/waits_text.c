// SPDX-License-Identifier: GPL-2.0-only
/* Output of where the time of faults went. */
#include "base/printer.h"
#include "report/summary.h"
#include "story/parts.h"

#include <string.h>

typedef unsigned long long ull;

#define HOLDERS_SHORT 3

/* Number of waiting threads whose names are compared with those of all others */
#define NAMES_MAX 100

/* Positions where the columns end. The names are in the last column. */
enum {
	AT_COUNT = 10,
	AT_TIME = 21,
	AT_SHARE = 29,
	AT_MAX = 40,
	AT_CALLS = 48,
};

static void begin_heads(struct printer *printer, struct line *line, const char *count)
{
	line_begin(line, printer->style);
	printer_right(line, DIM, AT_COUNT, count);
	printer_right(line, DIM, AT_TIME, "TIME");
	printer_right(line, DIM, AT_SHARE, "SHARE");
	printer_right(line, DIM, AT_MAX, "MAX");
}

static void begin_row(struct printer *printer, struct line *line,
		      const struct stats *stats, __u64 ns, __u64 whole)
{
	line_begin(line, printer->style);
	printer_number(line, AT_COUNT, stats->count);
	printer_time(printer, line, AT_TIME, ns);
	if (whole)
		printer_share(line, AT_SHARE, ns, whole);
	printer_time(printer, line, AT_MAX, stats->max);
	line_to(line, AT_MAX + 2);
}

/* ---- parts ---- */

static void add_amount(struct line *line, const struct waits *waits, int part)
{
	char size[FORMAT_MAX];

	if (part == PART_IO && waits->read_bytes)
		line_add(line, PLAIN, " (%s read)",
			 format_size(size, waits->read_bytes));
	if (part == PART_RECLAIM && waits->reclaimed)
		line_add(line, PLAIN, " (%llu page%s reclaimed)",
			 (ull)waits->reclaimed, plural(waits->reclaimed));
}

static void part_row(struct printer *printer, const struct summary *summary,
		     enum fault_part part)
{
	const struct waits *waits = &summary->waits;
	struct stats stats = waits->parts[part];
	struct line line;

	stats.max = waits_part_max(summary, part);
	if (part == PART_WORK)
		stats.count += summary->faults.stats.count - waits->faults.count;
	begin_row(printer, &line, &stats, waits_part_ns(summary, part),
		  summary->faults.stats.ns);
	line_add(&line, BOLD, "%s", fault_parts[part].words);
	add_amount(&line, waits, part);
	if (part == PART_WORK && waits->faults.count != summary->faults.stats.count)
		line_add(&line, DIM, " (including faults that did not wait)");
	if (waits->hidden[part])
		line_add(&line, YELLOW, ", not known for %llu fault%s",
			 (ull)waits->hidden[part], plural(waits->hidden[part]));
	printer_line(printer, &line);
}

/* Print the parts, the largest first. Omit parts of 0 ns that are known. */
static void part_rows(struct printer *printer, const struct summary *summary)
{
	bool shown[FAULT_PARTS] = { false };

	for (;;) {
		int most = -1;

		for (int part = 0; part < FAULT_PARTS; part++) {
			if (!shown[part] &&
			    (waits_part_ns(summary, part) ||
			     summary->waits.hidden[part]) &&
			    (most < 0 || waits_part_ns(summary, part) >
			     waits_part_ns(summary, most)))
				most = part;
		}
		if (most < 0)
			return;
		shown[most] = true;
		part_row(printer, summary, most);
	}
}

static void not_recorded(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "where the time of faults went was not recorded: the "
		 "module has no event fault_time");
	printer_line(printer, &line);
}

void waits_text_parts(struct printer *printer, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	const __u64 whole = summary->faults.stats.ns;
	struct line line;

	if (!waits->recorded) {
		not_recorded(printer);
		return;
	}
	begin_heads(printer, &line, "FAULTS");
	line_add(&line, DIM, "  PART");
	printer_line(printer, &line);
	part_rows(printer, summary);
	if (waits->unknown.count) {
		begin_row(printer, &line, &waits->unknown, waits->unknown.ns, whole);
		line_add(&line, YELLOW, "not known: too many tasks waited at the "
			 "same time");
		printer_line(printer, &line);
	}
	begin_row(printer, &line, &summary->faults.stats, whole, whole);
	line_add(&line, BOLD, "all");
	printer_line(printer, &line);
	if (waits->before.count) {
		begin_row(printer, &line, &waits->before, waits->before.ns, 0);
		line_add(&line, BOLD, WORDS_LOCK_BEFORE "s");
		line_add(&line, DIM, ", in addition to all");
		printer_line(printer, &line);
	}
}

/* ---- holders ---- */

static void add_holder_name(struct line *line, const struct summary *summary,
			    const struct row *row)
{
	const __u32 tid = waits_holder_tid(row);
	const __s64 nr = waits_holder_nr(row);
	char comm[4 * COMM_MAX], call[NAME_CALL_MAX];

	if (!tid) {
		line_add(line, BOLD, "not known, or held for reading");
		return;
	}
	line_add(line, BOLD, "%s", nr < 0 ? "no system call" : name_call(call, nr));
	format_name(comm, sizeof(comm), comms_name(&summary->comms, tid));
	line_add(line, PLAIN, " of %u%s%s", tid, *comm ? " " : "", comm);
}

void waits_text_holders(struct printer *printer, const struct summary *summary,
			size_t rows)
{
	const struct waits *waits = &summary->waits;
	const struct table *holders = &waits->holders;
	struct line line;

	if (!waits->recorded) {
		not_recorded(printer);
		return;
	}
	begin_heads(printer, &line, "WAITS");
	printer_right(&line, DIM, AT_CALLS, "CALLS");
	line_add(&line, DIM, "  HOLDER OF MMAP_LOCK");
	printer_line(printer, &line);
	for (size_t i = 0; i < holders->count && i < rows; i++) {
		const struct row *row = &holders->rows[i];

		begin_row(printer, &line, &row->stats, row->stats.ns,
			  waits->locks.ns);
		if (row->calls)
			printer_number(&line, AT_CALLS, row->calls);
		line_to(&line, AT_CALLS + 2);
		add_holder_name(&line, summary, row);
		printer_line(printer, &line);
	}
	if (holders->count > rows) {
		line_begin(&line, printer->style);
		line_to(&line, AT_CALLS + 2);
		line_add(&line, DIM, "... and %zu more", holders->count - rows);
		printer_line(printer, &line);
	}
}

/*
 * Return the row that is the sum of the rows from @first on that have the same system
 * call.
 */
static struct row sum_of_call(const struct table *holders, size_t first)
{
	struct row sum = holders->rows[first];

	for (size_t i = first + 1; i < holders->count; i++) {
		const struct row *row = &holders->rows[i];

		if (waits_holder_nr(row) != waits_holder_nr(&sum))
			continue;
		stats_join(&sum.stats, &row->stats);
		sum.calls += row->calls;
	}
	return sum;
}

/* Add the system call during which threads waited longest for mmap_lock. */
static void add_worst_call(struct printer *printer, struct line *line,
			   const struct table *holders)
{
	struct row worst = { 0 };
	char time[FORMAT_MAX], call[NAME_CALL_MAX];

	for (size_t i = 0; i < holders->count; i++) {
		struct row sum = sum_of_call(holders, i);

		if (sum.calls && sum.stats.ns > worst.stats.ns)
			worst = sum;
	}
	if (worst.calls)
		line_add(line, YELLOW, "; %s of it held by %llu call%s of %s",
			 printer_duration(printer, time, worst.stats.ns),
			 (ull)worst.calls, plural(worst.calls),
			 name_call(call, waits_holder_nr(&worst)));
}

/*
 * Return the name of the threads that waited longest for mmap_lock, or "" if it is not
 * known. Set *@ns to the time of all threads of this name.
 */
static const char *worst_name(const struct summary *summary, __u64 *ns)
{
	const struct table *waiters = &summary->waits.waiters;
	const char *worst = "";

	*ns = 0;
	for (size_t i = 0; i < waiters->count && i < NAMES_MAX; i++) {
		const char *name = comms_name(&summary->comms,
					      waiters->rows[i].key.parts[0]);
		__u64 sum = 0;

		for (size_t n = i; n < waiters->count; n++) {
			const struct row *row = &waiters->rows[n];

			if (!strcmp(comms_name(&summary->comms, row->key.parts[0]),
				    name))
				sum += row->stats.ns;
		}
		if (sum > *ns) {
			*ns = sum;
			worst = name;
		}
	}
	return worst;
}

static void locks(struct printer *printer, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	char time[FORMAT_MAX], name[4 * COMM_MAX];
	struct line line;
	__u64 ns;

	if (!waits->locks.count)
		return;
	format_name(name, sizeof(name), worst_name(summary, &ns));
	line_begin(&line, printer->style);
	if (*name && ns == waits->locks.ns)
		line_add(&line, BOLD, "%s ", name);
	line_add(&line, BOLD, "threads waited %s for mmap_lock",
		 printer_duration(printer, time, waits->locks.ns));
	line_add(&line, PLAIN, ", %llu time%s", (ull)waits->locks.count,
		 plural(waits->locks.count));
	if (*name && ns < waits->locks.ns)
		line_add(&line, PLAIN, " (%s threads %s)", name,
			 printer_duration(printer, time, ns));
	add_worst_call(printer, &line, &waits->holders);
	printer_line(printer, &line);
	waits_text_holders(printer, summary, HOLDERS_SHORT);
}

/* ---- the slowest faults ---- */

static void slow_fault(struct printer *printer, const struct summary *summary,
		       const struct slow_fault *fault)
{
	const struct slow_event *slow = &fault->slow;
	char name[4 * ROW_NAME_MAX], time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	printer_time(printer, &line, AT_COUNT, waits_time(slow));
	line_add(&line, BOLD, "  %s", name_of(names_class, slow->class));
	line_add(&line, PLAIN, " %llx ", (ull)slow->address);
	line_add(&line, BOLD, "%s", format_name(name, sizeof(name), fault->place));
	line_add(&line, PLAIN, " by %s", format_name(name, sizeof(name), fault->ip));
	if (*fault->caller)
		line_add(&line, PLAIN, " called from %s",
			 format_name(name, sizeof(name), fault->caller));
	line_add(&line, DIM, "  [%u]", fault->tid);
	if (fault->begin >= summary->first)
		line_add(&line, DIM, " after %s", printer_duration(printer, time,
			 fault->begin - summary->first));
	printer_line(printer, &line);
	line_begin(&line, printer->style);
	line_to(&line, AT_COUNT + 2);
	add_fault_time(&line, slow);
	printer_line(printer, &line);
}

void waits_text_slowest(struct printer *printer, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;

	if (!waits->recorded)
		not_recorded(printer);
	for (int i = 0; i < waits->count; i++)
		slow_fault(printer, summary, &waits->slowest[i]);
}

void waits_text(struct printer *printer, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	struct line line;

	if (!waits->faults.count && !waits->locks.count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "where the time of faults went");
	line_add(&line, PLAIN, "; %llu fault%s waited or reclaimed memory:",
		 (ull)waits->faults.count, plural(waits->faults.count));
	printer_line(printer, &line);
	waits_text_parts(printer, summary);
	locks(printer, summary);
	if (waits->count) {
		line_begin(&line, printer->style);
		line_add(&line, BOLD, "the slowest faults");
		line_add(&line, DIM, " (more with --slowest N)");
		printer_line(printer, &line);
		waits_text_slowest(printer, summary);
	}
	printer_empty(printer);
}
