// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/class_parts.h"
#include "base/json.h"
#include "event/fault_parts.h"
#include "event/names.h"

#include <string.h>

#include <json.h>

_Static_assert((int)FAULT_PARTS == (int)MMAPDEMO_PARTS,
	       "the event and the counter have the same parts");

typedef unsigned long long ull;

/* ---- numbers ---- */

void class_parts_add(struct mmapdemo_parts *sum, const struct mmapdemo_parts *parts)
{
	sum->lock_before += parts->lock_before;
	for (int part = 0; part < MMAPDEMO_PARTS; part++)
		sum->part[part] += parts->part[part];
}

static void subtract_ns(__u64 *ns, __u64 before)
{
	*ns -= before < *ns ? before : *ns;
}

void class_parts_subtract(struct mmapdemo_parts *parts,
			  const struct mmapdemo_parts *before)
{
	subtract_ns(&parts->lock_before, before->lock_before);
	for (int part = 0; part < MMAPDEMO_PARTS; part++)
		subtract_ns(&parts->part[part], before->part[part]);
}

static struct mmapdemo_parts sum_of(const struct mmapdemo_faults *faults)
{
	struct mmapdemo_parts sum = { 0 };

	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++)
		class_parts_add(&sum, &faults->parts[class]);
	return sum;
}

static bool is_known(const struct mmapdemo_faults *faults, int part)
{
	return faults->known >> part & 1;
}

/* Return the time of all parts except work. */
static __u64 waited(const struct mmapdemo_parts *parts)
{
	__u64 ns = 0;

	for (int part = MMAPDEMO_PART_WORK + 1; part < MMAPDEMO_PARTS; part++)
		ns += parts->part[part];
	return ns;
}

static __u64 whole(const struct mmapdemo_parts *parts)
{
	return waited(parts) + parts->part[MMAPDEMO_PART_WORK];
}

/* ---- text ---- */

/* Width of the names of classes, of the longest duration, and of "100.0%". */
enum { CLASS_WIDTH = 10, TIME_WIDTH = 8, SHARE_WIDTH = 6 };

/**
 * struct layout - columns of the table
 * @end: columns at which the figures end; 0: the part has no column
 * @shares: show percentages, because durations do not fit into the line
 */
struct layout {
	int end[MMAPDEMO_PARTS];
	bool shares;
};

/* Return the second line of a heading, which is its last word. */
static const char *last_word(const char *heading)
{
	const char *space = strrchr(heading, ' ');

	return space ? space + 1 : heading;
}

static int first_words(const char *heading)
{
	const int length = last_word(heading) - heading;

	return length ? length - 1 : 0;
}

static int heading_width(int part)
{
	const char *heading = fault_parts[part].column;
	const int first = first_words(heading), last = strlen(last_word(heading));

	return first > last ? first : last;
}

/* Place the parts of @sum that are not zero. Return the width of the table. */
static int place(struct layout *layout, const struct mmapdemo_parts *sum, int figure)
{
	int column = CLASS_WIDTH;

	for (int part = 0; part < MMAPDEMO_PARTS; part++) {
		const int width = heading_width(part);

		layout->end[part] = 0;
		if (!sum->part[part])
			continue;
		column += 1 + (width > figure ? width : figure);
		layout->end[part] = column;
	}
	return column;
}

static void lay_out(struct layout *layout, const struct style *style,
		    const struct mmapdemo_parts *sum)
{
	layout->shares = place(layout, sum, TIME_WIDTH) > style->width;
	if (layout->shares)
		place(layout, sum, SHARE_WIDTH);
}

static void write_headings(struct printer *printer, const struct layout *layout)
{
	char words[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "where the time went");
	for (int part = 0; part < MMAPDEMO_PARTS; part++) {
		const char *heading = fault_parts[part].column;

		snprintf(words, sizeof(words), "%.*s", first_words(heading),
			 heading);
		if (*words)
			printer_right(&line, DIM, layout->end[part], words);
	}
	printer_line(printer, &line);
	line_begin(&line, printer->style);
	line_add(&line, DIM, "class");
	for (int part = 0; part < MMAPDEMO_PARTS; part++)
		printer_right(&line, DIM, layout->end[part],
			      last_word(fault_parts[part].column));
	printer_line(printer, &line);
}

static void write_parts(struct printer *printer, const struct layout *layout,
		      const char *name, const struct mmapdemo_parts *parts)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s", name);
	for (int part = 0; part < MMAPDEMO_PARTS; part++) {
		if (!layout->end[part] || !parts->part[part])
			continue;
		if (layout->shares)
			printer_share(&line, layout->end[part],
				      parts->part[part], whole(parts));
		else
			printer_time(printer, &line, layout->end[part],
				     parts->part[part]);
	}
	printer_line(printer, &line);
}

static void write_not_known(struct printer *printer,
			    const struct mmapdemo_faults *faults)
{
	const char *separator = "not known: ";
	struct line line;

	line_begin(&line, printer->style);
	for (int part = 0; part < MMAPDEMO_PARTS; part++) {
		if (is_known(faults, part))
			continue;
		line_add(&line, DIM, "%s%s", separator, fault_parts[part].column);
		separator = ", ";
	}
	if (line.columns)
		printer_line(printer, &line);
}

static void write_lost(struct printer *printer, __u64 lost)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, YELLOW, "the parts of %llu slow fault%s are not known, because "
		 "too many tasks waited at the same time", (ull)lost, plural(lost));
	printer_line(printer, &line);
}

static void write_before(struct printer *printer, __u64 ns)
{
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s", printer_duration(printer, time, ns));
	line_add(&line, PLAIN, " more waiting for mmap_lock before the faults");
	printer_line(printer, &line);
}

static void write_rows(struct printer *printer, const struct mmapdemo_faults *faults,
		       const struct mmapdemo_parts *sum, const int *order, int count)
{
	struct layout layout;

	lay_out(&layout, printer->style, sum);
	write_headings(printer, &layout);
	for (int i = 0; i < count; i++) {
		const struct mmapdemo_parts *parts = &faults->parts[order[i]];

		if (waited(parts))
			write_parts(printer, &layout,
				  name_of(names_class, order[i]), parts);
	}
	write_parts(printer, &layout, "all", sum);
	write_not_known(printer, faults);
}

void class_parts_table(struct printer *printer, const struct mmapdemo_faults *faults,
		       const int *order, int count)
{
	const struct mmapdemo_parts sum = sum_of(faults);

	if (waited(&sum) && waited(&sum) >= whole(&sum) / 100)
		write_rows(printer, faults, &sum, order, count);
	if (sum.lock_before)
		write_before(printer, sum.lock_before);
	if (faults->lost)
		write_lost(printer, faults->lost);
}

/* ---- JSON ---- */

static struct json_object *add_parts(struct json_object *object,
				     const struct mmapdemo_faults *faults,
				     const struct mmapdemo_parts *parts)
{
	struct json_object *known = json_object_new_object();

	for (int part = 0; part < MMAPDEMO_PARTS; part++)
		if (is_known(faults, part))
			known = json_add_number(known, fault_parts[part].name,
						parts->part[part]);
	object = json_add_object(object, "parts", known);
	return is_known(faults, MMAPDEMO_PART_LOCK) ?
	       json_add_number(object, "lock_before", parts->lock_before) : object;
}

struct json_object *class_parts_json(struct json_object *object,
				     const struct mmapdemo_faults *faults,
				     __u32 class)
{
	return faults->known ? add_parts(object, faults, &faults->parts[class]) :
			       object;
}

struct json_object *class_parts_json_all(struct json_object *object,
					 const struct mmapdemo_faults *faults)
{
	const struct mmapdemo_parts sum = sum_of(faults);
	struct json_object *list;

	if (!faults->known)
		return object;
	object = add_parts(object, faults, &sum);
	list = json_object_new_array();
	for (int part = 0; part < MMAPDEMO_PARTS; part++)
		if (!is_known(faults, part))
			list = json_append(list, json_object_new_string(
						fault_parts[part].name));
	object = json_add_object(object, "parts_not_known", list);
	return json_add_number(object, "parts_lost", faults->lost);
}
