// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/top_text.h"
#include "base/printer.h"
#include "event/names.h"
#include "event/vm_flags.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

typedef unsigned long long ull;

/*
 * Columns of the list of processes. Figures end at the columns named _END, and
 * texts begin at the columns named _AT.
 */
enum {
	PID_END = 7, COMM_AT = 8, FAULTS_END = 34, MAJOR_END = 42,
	TIME_END = 50, MEAN_END = 60, MIX_AT = 62,
};

/* Columns of wide lists, which also show what the process waited for. */
enum { WAIT_AT = 62, WAIT_WIDTH = 17, WIDE_MIX_AT = 81, WIDE = 100 };

/*
 * Columns of the list of VMAs. If events are not available, names begin at
 * NAME_EARLY instead of NAME_AT.
 */
enum {
	SIZE_END = 28, RATE_END = 37, SINCE_END = 46, LATENCY_END = 55,
	MOSTLY_AT = 56, NAME_AT = 67, NAME_EARLY = 30,
};

/* ---- figures ---- */

static void add_rate(struct line *line, int column, __u64 count, __u64 elapsed)
{
	char text[FORMAT_MAX];

	printer_right(line, PLAIN, column, format_rate(text, count, elapsed));
}

static void add_mean(const struct printer *printer, struct line *line, int column,
		     const struct fault_load *load)
{
	if (stats_timed(&load->stats))
		printer_time(printer, line, column, fault_load_mean(load));
}

/* Add the classes. Leave @more columns free. */
static void add_mix(struct line *line, int column,
		    const struct fault_load *load, int more)
{
	int room = line->style->terminal ? line->style->width - column - more : 200;
	char mix[256];

	if (room < 0)
		return;
	if (column)
		line_to(line, column);
	line_add(line, PLAIN, "%s",
		 fault_load_mix(load, mix, room < 200 ? room :
								     200));
}

/*
 * Format the largest part of the time, except work, such as "82% disk". If the list is
 * too narrow for long names, shorten the name. If there is no such part, return "".
 */
static const char *format_wait(char text[64], const struct fault_load *load)
{
	unsigned int percent;
	const enum fault_part part = fault_load_waited(load, &percent);

	*text = 0;
	if (part == PART_WORK)
		return text;
	snprintf(text, 64, "%u%% %s", percent, fault_parts[part].column);
	text_shorten(text, WAIT_WIDTH);
	return text;
}

static bool is_wide(const struct top *top, const struct style *style)
{
	return top->timed && (!style->terminal || style->width >= WIDE);
}

/* ---- the head ---- */

static void add_sum(struct line *line, const struct top *top)
{
	line_add(line, BOLD, "%.0f faults/s", top->elapsed ?
		 top_load(top)->stats.count * 1e9 / top->elapsed : 0);
}

static void write_processes_title(struct printer *printer, const struct top *top)
{
	struct utsname system;
	struct line line;
	size_t busy = 0;

	for (size_t i = 0; i < top->processes.count; i++)
		busy += !!top->processes.list[i]->loads.last.stats.count;
	uname(&system);
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "mmapdemo top: ");
	add_sum(&line, top);
	line_add(&line, BOLD, " in %zu process%s  (Linux %s)", busy,
		 busy == 1 ? "" : "es", system.release);
	printer_line(printer, &line);
}

static void write_vmas_title(struct printer *printer, const struct top *top)
{
	const struct process *process = top_process(top);
	struct line line;
	char comm[4 * COMM_MAX];

	format_name(comm, sizeof(comm), process ? process->comm :
		    top->comm);
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "process %d%s%s: ", top->pid, *comm ? " " : "",
		 comm);
	add_sum(&line, top);
	if (top->err)
		line_add(&line, YELLOW, "; cannot read the VMAs: %s",
			 top->err == -EACCES ? "root is required" :
			 strerror(-top->err));
	else
		line_add(&line, BOLD, "; %zu VMA%s", top->vmas.count,
			 plural(top->vmas.count));
	printer_line(printer, &line);
}

/* Add the classes, and what the faults waited for. */
static void add_summary(struct line *line, const struct fault_load *load)
{
	unsigned int percent;
	const enum fault_part part = fault_load_waited(load, &percent);
	char wait[80] = "";

	if (part != PART_WORK)
		snprintf(wait, sizeof(wait), "; %u%% of the time %s", percent,
			 fault_parts[part].words);
	add_mix(line, 0, load, strlen(wait));
	line_add(line, PLAIN, "%s", wait);
}

/* Print why data are missing. If no data are missing, print the fault classes. */
static void write_second(struct printer *printer, const struct top *top)
{
	struct line line;

	line_begin(&line, printer->style);
	if (!top->observed)
		line_add(&line, YELLOW, "classes, durations, and the "
			 "faults of each VMA are not shown: %s", top->why);
	else if (top->deaf)
		line_add(&line, YELLOW, "faults are not observed: %s",
			 name_error(EUNATCH));
	else if (top->lost)
		line_add(&line, YELLOW, "%llu event%s lost, so the numbers of "
			 "faults can be too low; enlarge the buffer with "
			 "--buffer",
			 (ull)top->lost, top->lost == 1 ? " was" : "s were");
	else if (top->missed)
		line_add(&line, YELLOW,
			 "%llu kernel function call%s not observed, so faults "
			 "may be missing; see mmapdemo probes",
			 (ull)top->missed,
			 top->missed == 1 ? " was" : "s were");
	else if (top_load(top)->stats.untimed)
		line_add(&line, YELLOW, "%llu fault%s of unknown duration",
			 (ull)top_load(top)->stats.untimed,
			 plural(top_load(top)->stats.untimed));
	else
		add_summary(&line, top_load(top));
	printer_line(printer, &line);
}

/* ---- processes ---- */

static void write_processes_head(struct printer *printer, const struct top *top)
{
	struct line line;

	line_begin(&line, printer->style);
	printer_right(&line, DIM, PID_END, "PID");
	line_to(&line, COMM_AT);
	line_add(&line, DIM, "COMMAND");
	printer_right(&line, DIM, FAULTS_END, "FAULTS/s");
	printer_right(&line, DIM, MAJOR_END, "MAJOR/s");
	if (top->observed) {
		printer_right(&line, DIM, TIME_END, "TIME%");
		printer_right(&line, DIM, MEAN_END, "MEAN");
		if (is_wide(top, printer->style)) {
			line_to(&line, WAIT_AT);
			line_add(&line, DIM, "WAITING");
		}
		line_to(&line, is_wide(top, printer->style) ? WIDE_MIX_AT : MIX_AT);
		line_add(&line, DIM, "CLASSES");
	}
	printer_line(printer, &line);
}

static void write_process(struct printer *printer, const struct top *top,
			  const struct process *process)
{
	const struct fault_load *load = &process->loads.last;
	const bool wide = is_wide(top, printer->style);
	char comm[4 * COMM_MAX], wait[64];
	struct line line;

	line_begin(&line, printer->style);
	printer_number(&line, PID_END, process->pid);
	line_to(&line, COMM_AT);
	format_name(comm, sizeof(comm), *process->comm ? process->comm : "?");
	text_shorten(comm, FAULTS_END - COMM_AT - 9);
	line_add(&line, process->ended ? DIM : BOLD, "%s", comm);
	add_rate(&line, FAULTS_END, load->stats.count, top->elapsed);
	add_rate(&line, MAJOR_END, load->major, top->elapsed);
	if (top->observed) {
		printer_share(&line, TIME_END, load->stats.ns, top->elapsed);
		add_mean(printer, &line, MEAN_END, load);
		if (wide) {
			line_to(&line, WAIT_AT);
			line_add(&line, PLAIN, "%s", format_wait(wait, load));
		}
		add_mix(&line, wide ? WIDE_MIX_AT : MIX_AT, load, 0);
	}
	printer_line(printer, &line);
}

static void write_processes(struct printer *printer, const struct top *top,
			    bool idle)
{
	write_processes_head(printer, top);
	for (size_t i = 0; i < top->processes.count; i++) {
		const struct process *process = top->processes.list[i];
		const struct fault_loads *loads = &process->loads;

		if (loads->last.stats.count ||
		    (idle && loads->total.stats.count))
			write_process(printer, top, process);
	}
}

/* ---- VMAs ---- */

static void write_vmas_head(struct printer *printer, const struct top *top)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "ADDRESS      PERM");
	printer_right(&line, DIM, SIZE_END, "SIZE");
	if (top->observed) {
		printer_right(&line, DIM, RATE_END, "FAULTS/s");
		printer_right(&line, DIM, SINCE_END, "TOTAL");
		printer_right(&line, DIM, LATENCY_END, "MEAN");
		line_to(&line, MOSTLY_AT);
		line_add(&line, DIM, "CLASS");
	}
	line_to(&line, top->observed ? NAME_AT : NAME_EARLY);
	line_add(&line, DIM, "NAME");
	printer_line(printer, &line);
}

static void add_loads(const struct printer *printer, struct line *line,
		      const struct top *top, const struct fault_loads *loads)
{
	bool any = loads->total.stats.count;

	add_rate(line, RATE_END, loads->last.stats.count, top->elapsed);
	printer_number(line, SINCE_END, loads->total.stats.count);
	add_mean(printer, line, LATENCY_END, &loads->total);
	line_to(line, MOSTLY_AT);
	if (any)
		line_add(line, PLAIN, "%s", name_of(names_class,
				fault_load_mostly(&loads->total)));
}

static void write_vma(struct printer *printer, const struct top *top, size_t i)
{
	const struct vma *vma = &top->vmas.list[i];
	char name[VMA_NAME_MAX], text[FORMAT_MAX];
	int at = top->observed ? NAME_AT : NAME_EARLY;
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%012llx %s", (ull)vma->start,
		 format_vm_flags(text, vma->flags));
	printer_right(&line, PLAIN, SIZE_END,
		      format_size(text, vma->end - vma->start));
	if (top->observed)
		add_loads(printer, &line, top, &top->loads[i]);
	vma_title(vma, name);
	if (printer->style->terminal)
		text_shorten(name, printer->style->width - at);
	line_to(&line, at);
	line_add(&line, vma->name[0] ? BOLD : PLAIN, "%s", name);
	printer_line(printer, &line);
}

/* Print the faults in VMAs that no longer exist. */
static void write_rest(struct printer *printer, const struct top *top)
{
	const struct fault_loads *rest = &top->loads[top->vmas.count];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "in former VMAs");
	add_loads(printer, &line, top, rest);
	printer_line(printer, &line);
}

static void write_vmas(struct printer *printer, const struct top *top, bool idle)
{
	write_vmas_head(printer, top);
	for (size_t i = 0; top->sorted && i <= top->vmas.count; i++) {
		size_t at = top->sorted[i];
		const struct fault_loads *loads = &top->loads[at];
		bool rest = at == top->vmas.count;

		if (rest && loads->total.stats.count)
			write_rest(printer, top);
		else if (!rest && (idle || !top->observed ||
				   loads->last.stats.count))
			write_vma(printer, top, at);
	}
}

int top_text(FILE *out, const struct style *style, const struct top *top,
	     bool idle)
{
	struct printer printer = { .out = out, .style = style };

	if (top->pid)
		write_vmas_title(&printer, top);
	else
		write_processes_title(&printer, top);
	write_second(&printer, top);
	if (top->pid)
		write_vmas(&printer, top, idle);
	else
		write_processes(&printer, top, idle);
	return printer.err;
}
