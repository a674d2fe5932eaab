// SPDX-License-Identifier: GPL-2.0-only
/*
 * Export of the summary in the OpenMetrics text format, for Prometheus or the
 * textfile collector of node_exporter.
 */
#include "base/format.h"
#include "base/version.h"
#include "report/export/export.h"

#include <string.h>

typedef unsigned long long ull;

/* The buckets of the histogram count durations below 2^8, 2^10 ... 2^34 ns. */
#define BUCKET_FIRST	8
#define BUCKET_LAST	34
#define BUCKET_STEP	2

static void put_family(FILE *out, const char *name, const char *type,
		       const char *unit, const char *what)
{
	fprintf(out, "# TYPE mmapdemo_%s %s\n", name, type);
	if (*unit)
		fprintf(out, "# UNIT mmapdemo_%s %s\n", name, unit);
	fprintf(out, "# HELP mmapdemo_%s %s\n", name, what);
}

static void put_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			putc(*value, out);
	}
	putc('"', out);
}

static void put_total(FILE *out, const char *name, const char *unit,
		      const char *what, __u64 value)
{
	put_family(out, name, "counter", unit, what);
	fprintf(out, "mmapdemo_%s_total %llu\n", name, (ull)value);
}

static void put_gauge(FILE *out, const char *name, const char *what,
		      __u64 value)
{
	put_family(out, name, "gauge", "", what);
	fprintf(out, "mmapdemo_%s %llu\n", name, (ull)value);
}

/*
 * Write @count samples, whose values are @values and whose labels are from
 * @names.
 */
static void put_labelled(FILE *out, const char *name, const char *what,
			 const char *label, const struct name *names,
			 const __u64 *values, int count)
{
	put_family(out, name, "counter", "", what);
	for (int i = 0; i < count; i++) {
		fprintf(out, "mmapdemo_%s_total{", name);
		put_label(out, label, name_of(names, i));
		fprintf(out, "} %llu\n", (ull)values[i]);
	}
}

/*
 * Write information about the recording. The metric is a gauge, because
 * node_exporter does not support the type "info".
 */
static void put_info(const struct export *export)
{
	char kernel[EXPORT_TEXT_MAX];
	FILE *out = export->out;

	put_family(out, "recording_info", "gauge", "",
		   "The recorded command and kernel.");
	fputs("mmapdemo_recording_info{", out);
	put_label(out, "program", MMAPDEMO_VERSION);
	putc(',', out);
	put_label(out, "kernel", format_name(kernel, sizeof(kernel),
					     export->meta->kernel));
	putc(',', out);
	put_label(out, "title", export->meta->title);
	fputs("} 1\n", out);
}

static void put_seconds(FILE *out, __u64 ns)
{
	fprintf(out, "%llu.%09llu", (ull)ns / 1000000000,
		(ull)ns % 1000000000);
}

/*
 * Write a histogram of @count durations, which sum to @ns. @label is the label, such as
 * class="anon".
 */
static void put_histogram(FILE *out, const char *name, const char *label,
			  const struct histogram *durations, __u64 count, __u64 ns)
{
	for (int bit = BUCKET_FIRST; bit <= BUCKET_LAST; bit += BUCKET_STEP) {
		fprintf(out, "mmapdemo_%s_bucket{%s,le=\"", name, label);
		put_seconds(out, (1ULL << bit) - 1);
		fprintf(out, "\"} %llu\n",
			(ull)histogram_below(durations, 1ULL << bit));
	}
	fprintf(out, "mmapdemo_%s_bucket{%s,le=\"+Inf\"} %llu\n", name, label,
		(ull)count);
	fprintf(out, "mmapdemo_%s_count{%s} %llu\n", name, label, (ull)count);
	fprintf(out, "mmapdemo_%s_sum{%s} ", name, label);
	put_seconds(out, ns);
	putc('\n', out);
}

static void put_class(FILE *out, int class, const struct class_stats *stats)
{
	char label[64];

	snprintf(label, sizeof(label), "class=\"%s\"", name_of(names_class, class));
	put_histogram(out, "fault_duration_seconds", label, &stats->durations,
		      stats_timed(&stats->stats), stats->stats.ns);
}

static void put_faults(const struct export *export)
{
	const struct summary *summary = export->summary;
	FILE *out = export->out;
	__u64 majors[MMAPDEMO_FAULT_CLASS_COUNT];
	__u64 untimed[MMAPDEMO_FAULT_CLASS_COUNT];

	put_family(out, "fault_duration_seconds", "histogram", "seconds",
		   "Duration of page faults, by class.");
	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		majors[i] = summary->classes[i].majors;
		untimed[i] = summary->classes[i].stats.untimed;
		if (summary->classes[i].stats.count)
			put_class(out, i, &summary->classes[i]);
	}
	put_labelled(out, "major_faults", "Major page faults, which started "
		     "to read the page from the disk.",
		     "class", names_class, majors, MMAPDEMO_FAULT_CLASS_COUNT);
	put_labelled(out, "untimed_faults",
		     "Page faults of unknown duration, not in the histogram.",
		     "class", names_class, untimed, MMAPDEMO_FAULT_CLASS_COUNT);
	put_total(out, "retried_faults", "",
		  "Page faults that took more than one attempt.",
		  summary->retried);
	put_total(out, "unhandled_faults", "",
		  "Page faults that ended in a signal and never "
		  "reached handle_mm_fault().", summary->unhandled);
	put_total(out, "awaited_read_faults", "",
		  "Page faults that waited for the disk, or were retried for the "
		  "page cache, but are not major.",
		  summary->awaited.count);
	put_total(out, "fault_filled_bytes", "bytes",
		  "Memory that page faults mapped at the faulting addresses.",
		  summary->filled);
	put_total(out, "fault_around_bytes", "bytes",
		  "Memory that page faults mapped around the faulting "
		  "addresses.", summary->around);
	put_total(out, "fault_page_table_bytes", "bytes",
		  "Page tables that page faults allocated.",
		  summary->tables * summary->page_bytes);
}

/*
 * Write where the time of faults went. The parts sum to the time of all faults. Omit
 * parts of 0 ns, because the kernel may not show them.
 */
static void put_parts(FILE *out, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	char label[64];

	put_family(out, "fault_part_seconds", "histogram", "seconds",
		   "Time of page faults, by part.");
	for (int part = 0; part < FAULT_PARTS; part++) {
		const __u64 faults = waits_part_faults(summary, part);

		snprintf(label, sizeof(label), "part=\"%s\"",
			 fault_parts[part].name);
		if (faults)
			put_histogram(out, "fault_part_seconds", label,
				      &waits->durations[part], faults,
				      waits_part_ns(summary, part));
	}
	if (waits->unknown.count)
		put_histogram(out, "fault_part_seconds", "part=\"not_known\"",
			      &waits->durations[FAULT_PARTS],
			      waits->unknown.count, waits->unknown.ns);
}

static void put_waits(FILE *out, const struct summary *summary)
{
	const struct waits *waits = &summary->waits;

	put_parts(out, summary);
	put_family(out, "mmap_lock_wait_seconds", "counter", "seconds",
		   "Waits for mmap_lock in faults and system calls.");
	fputs("mmapdemo_mmap_lock_wait_seconds_total ", out);
	put_seconds(out, waits->locks.ns);
	putc('\n', out);
	put_total(out, "mmap_lock_waits", "", "Number of waits for mmap_lock.",
		  waits->locks.count);
}

static void put_flushes(FILE *out, const struct summary *summary)
{
	__u64 counts[FLUSH_REASONS];

	for (int i = 0; i < FLUSH_REASONS; i++)
		counts[i] = summary->flushes[i].count;
	put_labelled(out, "tlb_flushes", "TLB flushes and flush requests, by reason.",
		     "reason", names_flush, counts, FLUSH_REASONS);
	put_total(out, "tlb_flushed_pages", "",
		  "Pages flushed by TLB flushes of single pages or ranges; full "
		  "flushes are not included.",
		  summary_flushes(summary).pages);
}

static void put_mappings(const struct export *export)
{
	const struct summary *summary = export->summary;
	FILE *out = export->out;

	put_family(out, "mmap_seconds", "counter", "seconds",
		   "Duration of mmap() calls.");
	fputs("mmapdemo_mmap_seconds_total ", out);
	put_seconds(out, summary->mmaps.ns);
	putc('\n', out);
	put_total(out, "mmap_failed", "", "Failed mmap() calls.",
		  summary->mmaps_failed);
	put_total(out, "mmap_mapped_bytes", "bytes",
		  "Memory mapped by mmap().", summary->mapped);
	put_labelled(out, "merges",
		     "Mapped or changed ranges, by the neighbours with which they merged.",
		     "outcome", names_outcome, summary->outcomes, 4);
	put_labelled(out, "merges_refused",
		     "Failed merges, by cause.",
		     "cause", names_cause, summary->refused,
		     MMAPDEMO_CAUSE_COUNT);
	if (summary->flushes_known)
		put_flushes(out, summary);
	put_gauge(out, "vmas_most", "VMAs in the largest address space.",
		  summary->map_count);
	put_gauge(out, "vmas_limit", "Maximum number of VMAs per address space.",
		  export->meta->max_map_count);
}

static void count_absent(const char *function, const char *events, int error,
			 void *data)
{
	__u64 *count = data;

	(void)function;
	(void)events;
	(void)error;
	++*count;
}

/* Write what the recording lacks. */
static void put_losses(FILE *out, const struct meta *meta)
{
	__u64 absent = 0;

	meta_absent(meta, count_absent, &absent);
	put_total(out, "events_lost", "",
		  "Events lost because the buffer was full.", meta->lost);
	put_total(out, "calls_missed", "", "Calls that probes of kernel functions missed.",
		  meta->missed);
	put_gauge(out, "functions_absent", "Kernel functions that no probe observed.",
		  absent);
	put_gauge(out, "gaps", "Number of reasons why events are missing, except a "
		  "full buffer and missed calls.",
		  meta->gaps);
}

static void put_events(const struct export *export)
{
	const struct summary *summary = export->summary;
	FILE *out = export->out;

	put_family(out, "events", "counter", "", "Events of each kind.");
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (event_is_reported(kind))
			fprintf(out, "mmapdemo_events_total{event=\"%s\"} %llu\n",
				event_layouts[kind].name,
				(ull)summary->kinds[kind]);
	}
	put_losses(out, export->meta);
}

static int ignore(struct export *export, const struct event *event,
		  const struct space *space)
{
	(void)export;
	(void)event;
	(void)space;
	return 0;
}

static int end(struct export *export)
{
	put_info(export);
	put_events(export);
	put_faults(export);
	if (export->summary->waits.recorded)
		put_waits(export->out, export->summary);
	put_mappings(export);
	fputs("# EOF\n", export->out);
	return 0;
}

const struct export_format export_openmetrics = {
	.name = "openmetrics",
	.figures = true,
	.event = ignore,
	.end = end,
};
