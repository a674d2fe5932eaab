// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/class_huge.h"
#include "base/json.h"
#include "event/names.h"
#include "inspect/huge_words.h"

#include <stdlib.h>

#include <json.h>

/*
 * Return the number of reasons that the module counts. The module may be newer than this
 * program, and count reasons whose names this program does not know.
 */
static __u32 reasons_of(const struct mmapdemo_faults *faults)
{
	return faults->reasons < MMAPDEMO_HUGE_REASONS_MAX ? faults->reasons :
							     MMAPDEMO_HUGE_REASONS_MAX;
}

void class_huge_add(struct mmapdemo_faults *sum, const struct mmapdemo_faults *faults)
{
	for (__u32 reason = 0; reason < reasons_of(sum); reason++)
		sum->huge[reason] += faults->huge[reason];
}

void class_huge_subtract(struct mmapdemo_faults *faults,
			 const struct mmapdemo_faults *before)
{
	for (__u32 reason = 0; reason < reasons_of(faults); reason++)
		faults->huge[reason] -= before->huge[reason];
}

/* ---- text ---- */

static const __u64 *touches_sorted;

static int more_touches(const void *a, const void *b)
{
	__u64 x = touches_sorted[*(const __u32 *)a], y = touches_sorted[*(const __u32 *)b];

	return (x < y) - (x > y);
}

static void write_touches(struct printer *printer, __u64 count, const char *words)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%10llu  %s", (unsigned long long)count, words);
	printer_line(printer, &line);
}

static void write_touches_head(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "%10s  first touches of 2 MiB of address space", "faults");
	printer_line(printer, &line);
}

static const char *touch_text(__u32 reason)
{
	return reason < MMAPDEMO_HUGE_REASON_COUNT ? huge_reason_text(reason, true) :
						     "a reason that is not known";
}

void class_huge_table(struct printer *printer, const struct mmapdemo_faults *faults)
{
	__u32 order[MMAPDEMO_HUGE_REASONS_MAX];
	const __u32 count = reasons_of(faults);

	for (__u32 i = 0; i < count; i++)
		order[i] = i;
	touches_sorted = faults->huge;
	qsort(order, count, sizeof(*order), more_touches);
	for (__u32 i = 0; i < count && faults->huge[order[i]]; i++) {
		if (!i)
			write_touches_head(printer);
		write_touches(printer, faults->huge[order[i]], touch_text(order[i]));
	}
}

/* ---- JSON ---- */

struct json_object *class_huge_json(struct json_object *object,
				    const struct mmapdemo_faults *faults)
{
	struct json_object *list, *touches;

	if (!faults->reasons)
		return object;
	list = json_object_new_array();
	for (__u32 reason = 0; reason < reasons_of(faults); reason++) {
		if (!faults->huge[reason])
			continue;
		touches = json_add_text(json_object_new_object(), "reason",
					name_of(names_huge, reason));
		list = json_append(list, json_add_number(touches, "count",
							 faults->huge[reason]));
	}
	return json_add_object(object, "first_touches", list);
}
