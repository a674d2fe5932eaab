// SPDX-License-Identifier: GPL-2.0-only
/*
 * Export as Chrome trace events, in the format
 * {"traceEvents":[{"ph":"X",...},...]}. Times are in microseconds, with three
 * decimals.
 */
#include "base/format.h"
#include "base/version.h"
#include "report/export/timeline.h"

typedef unsigned long long ull;

/*
 * The process ID of the tracks that show what the recording lacks. No real
 * process can have this ID.
 */
#define GAPS_PID ((1U << 22) + 1)

/** struct chrome - state of the export; @comma: write a comma before the next event */
struct chrome {
	struct timeline timeline;
	bool comma;
};

/*
 * Write a JSON string. @text has no control characters, because format_name()
 * has escaped them.
 */
static void put_text(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void put_time(FILE *out, const char *name, __u64 ns)
{
	fprintf(out, ",\"%s\":%llu.%03llu", name, (ull)ns / 1000,
		(ull)ns % 1000);
}

/* Begin an event with its phase and process. */
static void begin_event(struct export *export, char phase, __u32 pid)
{
	struct chrome *chrome = export->data;

	fprintf(export->out, "%s\n{\"ph\":\"%c\",\"pid\":%u",
		chrome->comma ? "," : "", phase, pid);
	chrome->comma = true;
}

static void put_name(FILE *out, const char *what, __u32 tid, const char *name)
{
	fprintf(out, ",\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":", tid,
		what);
	put_text(out, name);
	fputs("}}", out);
}

static void put_thread(struct export *export, const struct track *track,
		       const char *name)
{
	if (track->tid == track->pid) {
		begin_event(export, 'M', track->pid);
		put_name(export->out, "process_name", track->tid, name);
	}
	begin_event(export, 'M', track->pid);
	put_name(export->out, "thread_name", track->tid, name);
}

/**
 * struct details - state while the details of a slice are written
 * @comma: write a comma before the next detail
 */
struct details {
	FILE *out;
	bool comma;
};

static void put_detail(void *data, const char *name, const char *text,
		       bool number)
{
	struct details *details = data;

	fprintf(details->out, "%s\"%s\":", details->comma ? "," : "", name);
	if (number)
		fputs(text, details->out);
	else
		put_text(details->out, text);
	details->comma = true;
}

static void put_slice(FILE *out, const struct slice *slice)
{
	struct details details = { .out = out };

	fprintf(out, ",\"tid\":%u,\"cat\":\"%s\",\"name\":\"%s\",\"args\":{",
		slice->track->tid,
		timeline_category(slice), slice->name);
	timeline_details(slice, put_detail, &details);
	fputs("}}", out);
}

static void put_complete(struct export *export, const struct slice *slice)
{
	begin_event(export, 'X', slice->track->pid);
	put_time(export->out, "ts", slice->begin);
	put_time(export->out, "dur", slice->end - slice->begin);
	put_slice(export->out, slice);
}

static void put_instant(struct export *export, const struct slice *slice)
{
	begin_event(export, 'i', slice->track->pid);
	fputs(",\"s\":\"t\"", export->out);
	put_time(export->out, "ts", slice->end);
	put_slice(export->out, slice);
}

static void put_count(struct export *export, __u32 pid,
		      const struct counter *counter, __u64 time)
{
	begin_event(export, 'C', pid);
	put_time(export->out, "ts", time);
	fprintf(export->out, ",\"name\":\"VMAs\",\"id\":\"%u\","
		"\"args\":{\"VMAs\":%llu}}", counter->mm,
		(ull)counter->vmas);
}

static void put_gap(struct export *export, unsigned int number,
		    const char *text, __u64 begin, __u64 end)
{
	if (!number) {
		begin_event(export, 'M', GAPS_PID);
		put_name(export->out, "process_name", GAPS_PID, "missing");
	}
	begin_event(export, 'X', GAPS_PID);
	put_time(export->out, "ts", begin);
	put_time(export->out, "dur", end > begin ? end - begin : 0);
	fprintf(export->out, ",\"tid\":%u,\"cat\":\"gap\",\"name\":",
		GAPS_PID + number);
	put_text(export->out, text);
	fputs(",\"args\":{}}", export->out);
}

static void put_gaps(FILE *out, const struct meta *meta)
{
	char gap[EXPORT_TEXT_MAX];

	fputs(",\"gaps\":[", out);
	for (size_t i = 0; i < meta->gaps; i++) {
		if (i)
			putc(',', out);
		put_text(out, format_name(gap, sizeof(gap), meta_gap(meta, i)));
	}
	putc(']', out);
}

static const struct timeline_writer writer = {
	.thread = put_thread,
	.leave = put_complete,
	.instant = put_instant,
	.count = put_count,
	.gap = put_gap,
};

static int begin(struct export *export)
{
	const struct meta *meta = export->meta;
	char kernel[EXPORT_TEXT_MAX];
	FILE *out = export->out;

	fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":"
	      "\"mmapdemo " MMAPDEMO_VERSION "\",\"clock\":"
	      "\"CLOCK_MONOTONIC\",\"kernel\":", out);
	put_text(out, format_name(kernel, sizeof(kernel), meta->kernel));
	fputs(",\"title\":", out);
	put_text(out, meta->title);
	fprintf(out, ",\"lost\":%llu,\"missed\":%llu",
		(ull)meta->lost, (ull)meta->missed);
	put_gaps(out, meta);
	fputs("},\"traceEvents\":[", out);
	return timeline_begin(export, &writer);
}

static int end(struct export *export)
{
	int err = timeline_end(export);

	fputs("\n]}\n", export->out);
	return err;
}

const struct export_format export_chrome = {
	.name = "chrome",
	.data_size = sizeof(struct chrome),
	.begin = begin,
	.event = timeline_event,
	.end = end,
	.free = timeline_free,
};
