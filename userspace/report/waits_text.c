// SPDX-License-Identifier: GPL-2.0-only
/* Output of where the time of faults went. */
#include "base/printer.h"
#include "report/summary.h"
#include "story/parts.h"

typedef unsigned long long ull;

#define HOLDERS_SHORT 3

/* Positions where the columns end. The names are in the last column. */
enum {
	AT_COUNT = 10,
	AT_TIME = 21,
	AT_SHARE = 29,
	AT_MAX = 40,
};

static void heads(struct printer *printer, const char *count, const char *name)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, DIM, AT_COUNT, count);
	printer_right(&line, DIM, AT_TIME, "TIME");
	printer_right(&line, DIM, AT_SHARE, "SHARE");
	printer_right(&line, DIM, AT_MAX, "MAX");
	line_add(&line, DIM, "  %s", name);
	printer_line(printer, &line);
}

static void begin_row(struct printer *printer, struct line *line,
		      const struct stats *stats, __u64 ns, __u64 whole)
{
	line_begin(line, printer->style);
	printer_number(line, AT_COUNT, stats->count);
	printer_time(printer, line, AT_TIME, ns);
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
	heads(printer, "FAULTS", "PART");
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
		begin_row(printer, &line, &waits->before, waits->before.ns, whole);
		line_add(&line, BOLD, WORDS_LOCK_BEFORE "s");
		line_add(&line, DIM, ", not part of all");
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
	heads(printer, "WAITS", "HOLDER OF MMAP_LOCK");
	for (size_t i = 0; i < holders->count && i < rows; i++) {
		const struct row *row = &holders->rows[i];

		begin_row(printer, &line, &row->stats, row->stats.ns,
			  waits->locks.ns);
		add_holder_name(&line, summary, row);
		printer_line(printer, &line);
	}
	if (holders->count > rows) {
		line_begin(&line, printer->style);
		line_to(&line, AT_MAX + 2);
		line_add(&line, DIM, "... and %zu more", holders->count - rows);
		printer_line(printer, &line);
	}
}

/*
 * Return the system call during which mmap_lock was held longest, or -1. Set *@sum to the
 * waits for the lock during this call.
 */
static __s64 worst_call(const struct table *holders, struct stats *sum)
{
	__s64 worst = -1;

	*sum = (struct stats){ 0 };
	for (size_t i = 0; i < holders->count; i++) {
		const __s64 nr = waits_holder_nr(&holders->rows[i]);
		struct stats stats = { 0 };

		if (nr < 0)
			continue;
		for (size_t n = i; n < holders->count; n++) {
			if (waits_holder_nr(&holders->rows[n]) == nr)
				stats_join(&stats, &holders->rows[n].stats);
		}
		if (stats.ns <= sum->ns)
			continue;
		*sum = stats;
		worst = nr;
	}
	return worst;
}

static void locks(struct printer *printer, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	const char *call;
	char time[FORMAT_MAX];
	struct stats worst;
	struct line line;
	__s64 nr;

	if (!waits->locks.count)
		return;
	nr = worst_call(&waits->holders, &worst);
	call = name_of(names_syscall, nr);
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "threads waited %s for mmap_lock",
		 printer_duration(printer, time, waits->locks.ns));
	line_add(&line, PLAIN, ", %llu time%s", (ull)waits->locks.count,
		 plural(waits->locks.count));
	if (nr >= 0 && *call != '?')
		line_add(&line, YELLOW, "; %s of it while %s() held it (%llu wait%s)",
			 printer_duration(printer, time, worst.ns), call,
			 (ull)worst.count, plural(worst.count));
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
	printer_time(printer, &line, AT_COUNT, slow->duration);
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
