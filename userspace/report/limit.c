// SPDX-License-Identifier: GPL-2.0-only
#include "report/limit.h"
#include "base/format.h"
#include "base/printer.h"

#include <errno.h>

typedef unsigned long long ull;

/*
 * If fewer than this number of VMAs are left below the limit, mremap() cannot
 * move a mapping; see move_vma() in the kernel.
 */
#define VMAS_TO_MOVE 4

bool limit_incomplete(const struct summary *summary)
{
	return summary->lost || summary->missed || summary->gaps;
}

__u32 limit_pid(const struct summary *summary)
{
	return summary->map_count_tid ?
	       comms_process(&summary->comms, summary->map_count_tid) : 0;
}

void limit_add_process(struct line *line, const struct summary *summary,
		       const char *before)
{
	const __u32 pid = limit_pid(summary);
	const char *comm = comms_name(&summary->comms, pid);
	char escaped[4 * COMM_MAX];

	if (!pid)
		return;
	format_name(escaped, sizeof(escaped), comm);
	line_add(line, PLAIN, "%sprocess %u%s%s", before, pid,
		 *comm ? " " : "", escaped);
}

/*
 * Return true if the limit was reached. In some calls, the kernel allows one
 * VMA more than the limit.
 */
static bool is_reached(const struct summary *summary)
{
	return summary->map_count >= summary->max_map_count;
}

static __u64 out_of_memory(const struct summary *summary)
{
	__u64 failed = 0;

	for (int i = 0; i < EVENT_CALLS; i++)
		failed += summary->calls.by[i].errors[ENOMEM];
	return failed;
}

/* Return the number of calls that may have failed because of the limit. */
static __u64 refused(const struct summary *summary)
{
	return limit_incomplete(summary) ||
	       summary->map_count + VMAS_TO_MOVE >= summary->max_map_count ?
	       out_of_memory(summary) : 0;
}

const char *limit_reached(const struct summary *summary)
{
	if (is_reached(summary))
		return ": reached";
	return limit_incomplete(summary) || refused(summary) ?
	       ": unknown whether the limit was reached" : "";
}

/*
 * Print why the number of VMAs may be too low, and how many calls may have
 * failed because of the limit.
 */
static void add_unknown(struct line *line, const struct summary *summary)
{
	const __u64 failed = refused(summary);

	if (summary->lost)
		line_add(line, RED, "; %llu event%s lost", (ull)summary->lost,
			 summary->lost == 1 ? " was" : "s were");
	if (summary->missed)
		line_add(line, RED, "; %llu kernel function call%s not observed",
			 (ull)summary->missed,
			 summary->missed == 1 ? " was" : "s were");
	if (summary->gaps)
		line_add(line, RED, "; %s events are missing",
			 summary->lost ? "other" : "some");
	if (failed)
		line_add(line, RED, "; %llu call%s failed with ENOMEM",
			 (ull)failed, plural(failed));
}

void limit_text(struct printer *printer, const struct summary *summary)
{
	const char *reached = limit_reached(summary);
	struct line line;

	if (!summary->max_map_count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, *reached ? RED : PLAIN, "limit of %llu VMAs "
		 "(vm.max_map_count)%s; maximum: %s%u VMA%s",
		 (ull)summary->max_map_count,
		 *reached ? reached : ": not reached",
		 limit_incomplete(summary) ? "at least " : "",
		 summary->map_count, plural(summary->map_count));
	limit_add_process(&line, summary, " in ");
	if (!is_reached(summary))
		add_unknown(&line, summary);
	printer_line(printer, &line);
}
