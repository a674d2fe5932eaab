// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/class_counts.h"
#include "base/printer.h"
#include "base/json.h"
#include "event/names.h"
#include "inspect/class_huge.h"
#include "inspect/class_parts.h"
#include "inspect/run_time.h"

#include <stdlib.h>

#include <json.h>

/*
 * Return the number of classes that the module counts. The module may be newer
 * than this program, and count classes whose names this program does not know.
 */
static __u32 classes_of(const struct mmapdemo_faults *faults)
{
	return faults->classes < MMAPDEMO_CLASSES_MAX ? faults->classes :
							MMAPDEMO_CLASSES_MAX;
}

static void add_latency(struct mmapdemo_latency *sum,
			const struct mmapdemo_latency *latency)
{
	sum->count += latency->count;
	sum->total += latency->total;
	if (sum->max < latency->max)
		sum->max = latency->max;
	for (int i = 0; i < MMAPDEMO_LATENCY_BUCKETS; i++)
		sum->buckets[i] += latency->buckets[i];
}

/*
 * Return the index of the highest bucket that is not empty, or 0 if no fault has
 * a known duration.
 */
static int highest(const struct mmapdemo_latency *latency)
{
	int bucket = MMAPDEMO_LATENCY_BUCKETS - 1;

	while (bucket && !latency->buckets[bucket])
		bucket--;
	return bucket;
}

/*
 * Return true if @sum->max is certainly the longest known duration. If the
 * longest duration of a class is unknown, it is less than 2^n, where n is the
 * highest bucket of the class that is not empty. Durations in the last bucket
 * have no upper limit.
 */
static bool longest_known(const struct mmapdemo_latency *sum,
			  const struct mmapdemo_faults *faults)
{
	for (__u32 class = 0; class < classes_of(faults); class++) {
		const struct mmapdemo_latency *latency = &faults->class[class];
		int bucket = highest(latency);

		if (bucket && !latency->max &&
		    (bucket == MMAPDEMO_LATENCY_BUCKETS - 1 ||
		     sum->max >> bucket == 0))
			return false;
	}
	return true;
}

static void add_classes(struct mmapdemo_latency *sum,
			const struct mmapdemo_faults *faults)
{
	*sum = (struct mmapdemo_latency){ 0 };
	for (__u32 class = 0; class < classes_of(faults); class++)
		add_latency(sum, &faults->class[class]);
	if (!longest_known(sum, faults))
		sum->max = 0;
}

static void subtract(struct mmapdemo_latency *latency,
		     const struct mmapdemo_latency *before)
{
	latency->count -= before->count;
	latency->total -= before->total;
	/* A max that has not changed may be from an earlier interval. */
	if (latency->max == before->max)
		latency->max = 0;
	for (int i = 0; i < MMAPDEMO_LATENCY_BUCKETS; i++)
		latency->buckets[i] -= before->buckets[i];
}

void class_counts_between(struct mmapdemo_faults *between,
			  const struct mmapdemo_faults *before,
			  const struct mmapdemo_faults *after)
{
	*between = *after;
	between->elapsed -= before->elapsed;
	between->missed -= before->missed;
	between->lost -= before->lost;
	class_huge_subtract(between, before);
	for (__u32 class = 0; class < classes_of(after); class++) {
		subtract(&between->class[class], &before->class[class]);
		class_parts_subtract(&between->parts[class], &before->parts[class]);
	}
}

void class_counts_add(struct mmapdemo_faults *sum,
		      const struct mmapdemo_faults *faults)
{
	sum->lost += faults->lost;
	class_huge_add(sum, faults);
	for (__u32 class = 0; class < classes_of(sum); class++) {
		add_latency(&sum->class[class], &faults->class[class]);
		class_parts_add(&sum->parts[class], &faults->parts[class]);
	}
}

__u64 class_counts_ns(const struct mmapdemo_faults *faults)
{
	__u64 ns = 0;

	for (__u32 class = 0; class < classes_of(faults); class++)
		ns += faults->class[class].total;
	return ns;
}

/* ---- text ---- */

/* Columns at which the figures end, and the column at which the bars begin. */
enum { TOTAL_END = 35, MEAN_END = 45, LONGEST_END = 55, BARS_AT = 57 };

/*
 * Return the number of faults of known duration. The first bucket contains the
 * faults of unknown duration.
 */
static __u64 timed(const struct mmapdemo_latency *latency)
{
	return latency->count - latency->buckets[0];
}

/* Indices of the first and the last bucket to show. Bucket 0 is never shown. */
struct range {
	int first;
	int last;
};

static struct range range_of(const struct mmapdemo_latency *sum)
{
	struct range range = { 1, MMAPDEMO_LATENCY_BUCKETS - 1 };

	while (range.first < range.last && !sum->buckets[range.first])
		range.first++;
	while (range.first < range.last && !sum->buckets[range.last])
		range.last--;
	return range;
}

static void add_bars(struct line *line, const struct mmapdemo_latency *latency,
		     struct range range)
{
	__u64 most = 1;

	for (int i = range.first; i <= range.last; i++)
		if (most < latency->buckets[i])
			most = latency->buckets[i];
	for (int i = range.first; i <= range.last; i++) {
		__u64 n = latency->buckets[i];
		int height = (double)n / most * (GLYPH_BARS - 1);

		line_add(line, CYAN, "%s", n ?
			 line->style->glyphs->bars[height] : " ");
	}
}

static void write_row(struct printer *printer, const char *name,
		      const struct mmapdemo_latency *latency,
		      struct range range)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%10llu  ", (unsigned long long)latency->count);
	line_add(&line, BOLD, "%s", name);
	printer_time(printer, &line, TOTAL_END, latency->total);
	if (timed(latency))
		printer_time(printer, &line, MEAN_END,
			     latency->total / timed(latency));
	if (latency->max)
		printer_time(printer, &line, LONGEST_END, latency->max);
	if (timed(latency)) {
		line_to(&line, BARS_AT);
		add_bars(&line, latency, range);
	}
	printer_line(printer, &line);
}

/* @any is set if at least one fault has a known duration. */
static void write_head(struct printer *printer, struct range range, bool any)
{
	char from[FORMAT_MAX], to[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "%10s  class", "faults");
	printer_right(&line, DIM, TOTAL_END, "total");
	printer_right(&line, DIM, MEAN_END, "mean");
	printer_right(&line, DIM, LONGEST_END, "longest");
	if (any) {
		line_to(&line, BARS_AT);
		line_add(&line, DIM, "%s %s %s (log2 histogram)",
			 printer_duration(printer, from, 1ULL << (range.first - 1)),
			 printer->style->glyphs->arrow,
			 printer_duration(printer, to, 1ULL << range.last));
	}
	printer_line(printer, &line);
}

static void write_untimed(struct printer *printer, __u64 untimed)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%10llu  of unknown duration",
		 (unsigned long long)untimed);
	printer_line(printer, &line);
}

static const struct mmapdemo_faults *sorted;

static int longer(const void *a, const void *b)
{
	__u64 x = sorted->class[*(const int *)a].total;
	__u64 y = sorted->class[*(const int *)b].total;

	return (x < y) - (x > y);
}

int class_counts_table(FILE *out, const struct style *style,
		       const struct mmapdemo_faults *faults)
{
	int order[MMAPDEMO_CLASSES_MAX], count = classes_of(faults);
	struct printer printer = { out, style, 0 };
	struct mmapdemo_latency sum;
	struct range range;

	add_classes(&sum, faults);
	range = range_of(&sum);
	for (int i = 0; i < count; i++)
		order[i] = i;
	sorted = faults;
	qsort(order, count, sizeof(*order), longer);
	write_head(&printer, range, timed(&sum));
	for (int i = 0; i < count; i++) {
		if (faults->class[order[i]].count)
			write_row(&printer, name_of(names_class, order[i]),
				  &faults->class[order[i]], range);
	}
	write_row(&printer, "all", &sum, range);
	if (sum.buckets[0])
		write_untimed(&printer, sum.buckets[0]);
	class_parts_table(&printer, faults, order, count);
	class_huge_table(&printer, faults);
	return printer.err;
}

/* ---- JSON ---- */

static int write_class(FILE *out, const struct mmapdemo_faults *faults, __u32 class)
{
	const struct mmapdemo_latency *latency = &faults->class[class];
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "class", class);
	object = json_add_text(object, "class_name",
			       name_of(names_class, class));
	object = json_add_number(object, "count", latency->count);
	object = json_add_number(object, "total", latency->total);
	object = json_add_number(object, "max", latency->max);
	object = json_add_numbers(object, "buckets", latency->buckets,
				  MMAPDEMO_LATENCY_BUCKETS);
	object = class_parts_json(object, faults, class);
	return json_line(out, object);
}

int class_counts_json(FILE *out, const char *event,
		const struct mmapdemo_faults *faults, const char *unobserved,
		const struct workload *command)
{
	struct json_object *object;
	struct mmapdemo_latency sum;
	int err = 0;

	for (__u32 class = 0; !err && class < classes_of(faults); class++)
		if (faults->class[class].count)
			err = write_class(out, faults, class);
	if (err)
		return err;
	add_classes(&sum, faults);
	object = json_object_new_object();
	object = json_add_text(object, "event", event);
	object = json_add_number(object, "faults", sum.count);
	object = json_add_number(object, "total", sum.total);
	object = json_add_number(object, "elapsed", faults->elapsed);
	object = json_add_number(object, "missed", faults->missed);
	object = json_add_number(object, "untimed", sum.buckets[0]);
	object = class_parts_json_all(object, faults);
	object = class_huge_json(object, faults);
	if (unobserved)
		object = json_add_text(object, "switched_off", unobserved);
	if (command) {
		object = json_add_number(object, "major",
					 command->usage.ru_majflt);
		object = run_time_json(object, command);
	}
	return json_line(out, object);
}
