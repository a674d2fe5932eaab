// SPDX-License-Identifier: GPL-2.0-only
/* Output of the summary of a recording, except the tables. */
#include "report/summary_text.h"
#include "base/printer.h"
#include "base/format.h"
#include "event/names.h"
#include "report/forks_text.h"
#include "report/limit.h"
#include "report/machine.h"
#include "story/parts.h"

typedef unsigned long long ull;

#define AT_COUNT 10	/* position where numbers end, as in the tables */

/*
 * With fewer than MANY_VMAS VMAs, no table of makers is printed. MAKERS_SHORT
 * is the maximum number of rows of this table.
 */
#define MANY_VMAS 1000
#define MAKERS_SHORT 10

static void heading(struct printer *printer, const struct summary *summary,
		    const struct meta *meta)
{
	const size_t threads = summary->by[BY_THREAD].count;
	const __u64 execs = summary->kinds[EVENT_EXEC];
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "mmapdemo report: %s", meta->title);
	line_add(&line, PLAIN, "  (Linux %s)", meta->kernel);
	printer_line(printer, &line);
	line_begin(&line, printer->style);
	line_add(&line, PLAIN,
		 "%llu event%s of %zu thread%s in %s, %llu exec%s",
		 (ull)summary->events, plural(summary->events),
		 threads, plural(threads),
		 printer_duration(printer, time, summary->last - summary->first),
		 (ull)execs, plural(execs));
	if (summary->ran)
		line_add(&line, PLAIN, "; %s from exec to exit of the command",
			 printer_duration(printer, time, summary->ran));
	printer_line(printer, &line);
}

/* Print a note that the recording slows the command down. */
static void recording_cost(struct printer *printer,
			   const struct summary *summary)
{
	struct line line;

	if (!summary->ran)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "the time from exec to exit includes the cost of "
		 "recording; counting (mmapdemo count) costs much less");
	printer_line(printer, &line);
}

/*
 * Print when the events were recorded, in the same form as the time stamps of
 * other tools.
 */
static void range(struct printer *printer, const struct summary *summary)
{
	struct line line;

	if (!summary->events)
		return;
	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "recorded from %llu.%06llu s to %llu.%06llu s "
		 "(CLOCK_MONOTONIC)", (ull)summary->first / 1000000000,
		 (ull)summary->first / 1000 % 1000000,
		 (ull)summary->last / 1000000000,
		 (ull)summary->last / 1000 % 1000000);
	printer_line(printer, &line);
}

/**
 * struct losses - where to print what the recording lacks; each line is
 * indented by @indent
 */
struct losses {
	struct printer *printer;
	const char *indent;
};

static void show_loss(struct losses *losses, enum colour colour,
		      const char *what, const char *why)
{
	struct line line;

	line_begin(&line, losses->printer->style);
	line_add(&line, colour, "%s%s", losses->indent, what);
	line_add(&line, PLAIN, "%s", why);
	printer_line(losses->printer, &line);
}

static void show_absent(const char *function, const char *events, int error,
			void *data)
{
	char what[128], why[512];

	snprintf(what, sizeof(what), "not observed: %s", function);
	snprintf(why, sizeof(why), " (needed for %s): %s", events,
		 name_attach_error(error));
	show_loss(data, YELLOW, what, why);
}

void summary_losses(struct printer *printer, const struct meta *meta,
		    const char *indent)
{
	struct losses losses = { printer, indent };
	struct line line;
	char gap[256];

	line_begin(&line, printer->style);
	if (meta->lost)
		line_add(&line, RED, "%s%llu event%s lost: counts and total "
			 "times can be too low; record with a larger --buffer",
			 indent, (ull)meta->lost,
			 meta->lost == 1 ? " was" : "s were");
	if (meta->missed)
		line_add(&line, RED, "%s%llu kernel function call%s not "
			 "observed, probably because too many were in progress "
			 "at once", meta->lost ? "; " : indent,
			 (ull)meta->missed,
			 meta->missed == 1 ? " was" : "s were");
	if (meta->lost || meta->missed)
		printer_line(printer, &line);
	for (size_t i = 0; i < meta->gaps; i++)
		show_loss(&losses, RED, format_name(gap, sizeof(gap),
						    meta_gap(meta, i)), "");
	meta_absent(meta, show_absent, &losses);
}

/*
 * Print what the recording lacks. These lines come before the figures, because
 * missing data makes the figures less reliable.
 */
static void losses(struct printer *printer, const struct meta *meta)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, GREEN, "nothing was lost");
	if (!meta->lost && !meta->missed && !meta->gaps)
		printer_line(printer, &line);
	summary_losses(printer, meta, "");
}

/* Add a number and a time. If no duration is known, omit the time. */
static void add_part(struct printer *printer, struct line *line,
		     enum colour colour, const char *what, __u64 count, __u64 ns)
{
	char time[FORMAT_MAX];

	if (!count)
		return;
	line_add(line, colour, "; %llu %s", (ull)count, what);
	if (ns)
		line_add(line, colour, ", %s",
			 printer_duration(printer, time, ns));
}

/* If something was lost, do not guess why no event was recorded. */
static void no_events(struct printer *printer, const struct meta *meta)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, YELLOW, "no event was recorded");
	if (!meta->lost && !meta->missed && !meta->gaps)
		line_add(&line, PLAIN, ": the process was idle, or recording "
			 "began too late");
	printer_line(printer, &line);
}

static void faults(struct printer *printer, const struct summary *summary,
		   struct symbols *symbols)
{
	const struct stats *stats = &summary->faults.stats;
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu fault%s", (ull)stats->count,
		 plural(stats->count));
	line_add(&line, PLAIN, " took %s",
		 printer_duration(printer, time, stats->ns));
	add_part(printer, &line, RED, "major", summary->faults.majors,
		 summary->faults.majors_ns);
	add_part(printer, &line, YELLOW, summary->waits.recorded ?
		 "more waited for the disk" : "retried for the page cache",
		 summary->awaited.count, summary->awaited.ns);
	add_part(printer, &line, YELLOW, "retried for other reasons",
		 summary->retried_only,
		 0);
	if (summary->unhandled)
		line_add(&line, RED, "; %llu more fault%s never reached "
			 "handle_mm_fault()", (ull)summary->unhandled,
			 plural(summary->unhandled));
	if (summary->signals)
		line_add(&line, RED, "; %llu signal%s (SIGSEGV or SIGBUS)",
			 (ull)summary->signals, plural(summary->signals));
	if (stats->untimed)
		line_add(&line, YELLOW, "; %llu fault%s of unknown duration",
			 (ull)stats->untimed, plural(stats->untimed));
	printer_line(printer, &line);
	if (!stats->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, DIM, "the times of faults do not include the "
		 "program's own time, entry into the kernel, or the cost of recording");
	printer_line(printer, &line);
	waits_text(printer, summary);
	summary_tables(printer, summary, symbols);
}

static void mmaps(struct printer *printer, const struct summary *summary)
{
	char time[FORMAT_MAX], size[FORMAT_MAX];
	struct line line;

	if (!summary->mmaps.count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu mapping%s", (ull)summary->mmaps.count,
		 plural(summary->mmaps.count));
	line_add(&line, PLAIN, " requested by mmap(), exec and shmat(): "
		 "do_mmap() took %s and mapped %s",
		 printer_duration(printer, time, summary->mmaps.ns),
		 format_size(size, summary->mapped));
	if (summary->mmaps_failed)
		line_add(&line, RED, "; %llu failed",
			 (ull)summary->mmaps_failed);
	printer_line(printer, &line);
}

static void exits(struct printer *printer, const struct summary *summary)
{
	const struct stats *stats = &summary->exits.stats;
	const struct stats *failed = &summary->failed;
	char time[FORMAT_MAX];
	struct line line;

	if (!stats->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu address space%s ended", (ull)stats->count,
		 plural(stats->count));
	line_add(&line, PLAIN, ": exit_mmap() took %s",
		 printer_duration(printer, time, stats->ns));
	if (failed->count)
		line_add(&line, PLAIN, ", of which %s for %llu cop%s of failed forks",
			 printer_duration(printer, time, failed->ns),
			 (ull)failed->count, failed->count == 1 ? "y" : "ies");
	printer_line(printer, &line);
}

/* Return true if a failed merge had a reason. */
static bool has_reasons(const struct summary *summary)
{
	for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
		if (summary->reasons[i])
			return true;
	}
	return false;
}

static void merges(struct printer *printer, const struct summary *summary)
{
	const char *separator = ": ";
	__u64 refused = 0, merged = 0;
	struct line line;

	for (int i = 1; i < 4; i++)
		merged += summary->outcomes[i];
	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++)
		refused += summary->refused[i];
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu merge%s", (ull)merged, plural(merged));
	line_add(&line, PLAIN, " with a neighbour succeeded, %llu failed",
		 (ull)refused);
	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++) {
		if (!summary->refused[i])
			continue;
		line_add(&line, PLAIN, "%s%llu by %s", separator,
			 (ull)summary->refused[i], name_of(names_cause, i));
		separator = ", ";
	}
	if (has_reasons(summary))
		line_add(&line, PLAIN, "; neighbours in failed merges, by reason:");
	printer_line(printer, &line);
}

/*
 * Print the reasons for failed merges, most frequent reason first. A range with two
 * neighbours is counted twice.
 */
static void reasons(struct printer *printer, const struct summary *summary)
{
	bool shown[MMAPDEMO_REASON_COUNT] = { false };

	for (;;) {
		struct line line;
		int most = -1;

		for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
			if (!shown[i] && summary->reasons[i] &&
			    (most < 0 || summary->reasons[i] >
			     summary->reasons[most]))
				most = i;
		}
		if (most < 0)
			return;
		shown[most] = true;
		line_begin(&line, printer->style);
		printer_number(&line, AT_COUNT, summary->reasons[most]);
		line_add(&line, PLAIN, "  %s", reason_text(most));
		printer_line(printer, &line);
	}
}

static void growth(struct printer *printer, const struct summary *summary,
		   const struct meta *meta)
{
	const __u64 splits = summary->kinds[MMAPDEMO_EVENT_VMA_SPLIT];
	const __u64 ranges = summary->kinds[MMAPDEMO_EVENT_VMA_UNLINK];
	char filled[FORMAT_MAX], around[FORMAT_MAX], tables[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s%u VMA%s",
		 limit_incomplete(summary) ? "at least " : "",
		 summary->map_count, plural(summary->map_count));
	line_add(&line, PLAIN, " in the largest address space");
	limit_add_process(&line, summary, ", that of ");
	if (meta->max_map_count)
		line_add(&line, summary->map_count * 10ULL >
			 meta->max_map_count * 9 ? RED : PLAIN,
			 " (limit %llu, vm.max_map_count%s)",
			 (ull)meta->max_map_count, limit_reached(summary));
	line_add(&line, PLAIN, "; in all address spaces: %llu new, %llu split%s, "
		 "%llu range%s unmapped",
		 (ull)summary->kinds[MMAPDEMO_EVENT_VMA_LINK], (ull)splits,
		 plural(splits), (ull)ranges, plural(ranges));
	printer_line(printer, &line);
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s", format_size(filled, summary->filled));
	line_add(&line, PLAIN, " of pages were mapped at faulting addresses, "
		 "%s around them, and %s of page tables were allocated",
		 format_size(around, summary->around),
		 format_size(tables, summary->tables * summary->page_bytes));
	if (summary->unseen)
		line_add(&line, YELLOW, "; the pages that %llu fault%s mapped are "
			 "unknown", (ull)summary->unseen, plural(summary->unseen));
	printer_line(printer, &line);
}

static void flush_reasons(struct line *line, const struct summary *summary)
{
	const char *separator = "; ";

	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (!summary->flushes[i].count)
			continue;
		line_add(line, PLAIN, "%s%llu %s", separator,
			 (ull)summary->flushes[i].count,
			 name_of(names_flush, i));
		separator = ", ";
	}
}

static bool has_flushes(const struct summary *summary)
{
	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (summary->flushes[i].count)
			return true;
	}
	return false;
}

static void flushes(struct printer *printer, const struct summary *summary)
{
	const struct flush_stats sum = summary_flushes(summary);
	struct line line;

	if (summary->flushes_known && !has_flushes(summary))
		return;
	line_begin(&line, printer->style);
	if (summary->flushes_known) {
		line_add(&line, BOLD, "%llu TLB flush%s", (ull)sum.count,
			 sum.count == 1 ? "" : "es");
		line_add(&line, PLAIN, ": %llu full, %llu partial",
			 (ull)sum.all, (ull)(sum.count - sum.all));
		if (sum.count > sum.all)
			line_add(&line, PLAIN, " (%llu page%s)",
				 (ull)sum.pages, plural(sum.pages));
		flush_reasons(&line, summary);
	} else {
		line_add(&line, DIM, "TLB flushes were not recorded: the "
			 "kernel has no event tlb:tlb_flush");
	}
	printer_line(printer, &line);
}

static void makers(struct printer *printer, const struct summary *summary,
		   struct symbols *symbols)
{
	if (summary->map_count < MANY_VMAS)
		return;
	printer_empty(printer);
	summary_makers(printer, summary, symbols, MAKERS_SHORT);
}

int summary_text(FILE *out, const struct style *style,
		 const struct summary *summary, const struct meta *meta,
		 struct symbols *symbols)
{
	struct printer printer = { out, style, 0 };

	heading(&printer, summary, meta);
	recording_cost(&printer, summary);
	range(&printer, summary);
	machine_lines(&printer, meta);
	losses(&printer, meta);
	printer_empty(&printer);
	if (summary->events)
		faults(&printer, summary, symbols);
	else
		no_events(&printer, meta);
	printer_empty(&printer);
	calls_text(&printer, &summary->calls);
	mmaps(&printer, summary);
	forks_text(&printer, summary);
	exits(&printer, summary);
	merges(&printer, summary);
	reasons(&printer, summary);
	growth(&printer, summary, meta);
	first_touch_text(&printer, &summary->first_touch);
	flushes(&printer, summary);
	makers(&printer, summary, symbols);
	return printer.err;
}
