// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "base/version.h"
#include "report/diff.h"
#include "report/summary_text.h"

#include <json.h>

/* Add an array that contains the values of A and B. */
static struct json_object *add_pair(struct json_object *object,
				    const char *name, __u64 a, __u64 b)
{
	const __u64 pair[DIFF_SIDES] = { a, b };

	return json_add_numbers(object, name, pair, DIFF_SIDES);
}

static struct json_object *add_row(struct json_object *object,
				   const struct diff_row *row)
{
	const struct stats *a = &row->sides[DIFF_A];
	const struct stats *b = &row->sides[DIFF_B];

	object = add_pair(object, "faults", a->count, b->count);
	object = add_pair(object, "ns", a->ns, b->ns);
	return add_pair(object, "max_ns", a->max, b->max);
}

static struct json_object *side(const struct summary_file *file,
				const char *path)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "file", path);
	object = json_add_text(object, "kernel", file->replay.meta.kernel);
	object = json_add_text(object, "title", file->replay.meta.title);
	object = json_add_number(object, "events", file->summary.events);
	return summary_json_losses(object, &file->replay.meta);
}

static struct json_object *rows(const struct diff_table *table,
				const char *what)
{
	struct json_object *list = json_object_new_array(), *object;

	for (size_t i = 0; i < table->count; i++) {
		const struct diff_row *row = &table->rows[i];

		object = json_add_text(json_object_new_object(), what,
				       row->name);
		list = json_append(list, add_row(object, row));
	}
	return list;
}

static struct json_object *calls(const struct diff_table *table)
{
	struct json_object *list = json_object_new_array(), *object;

	for (size_t i = 0; i < table->count; i++) {
		const struct diff_row *row = &table->rows[i];
		const struct stats *a = &row->sides[DIFF_A];
		const struct stats *b = &row->sides[DIFF_B];

		object = json_add_text(json_object_new_object(), "call",
				       row->name);
		object = add_pair(object, "count", a->count, b->count);
		object = add_pair(object, "failed", row->failed[DIFF_A],
				  row->failed[DIFF_B]);
		object = add_pair(object, "untimed", a->untimed, b->untimed);
		object = add_pair(object, "ns", a->ns, b->ns);
		object = add_pair(object, "max_ns", a->max, b->max);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *stats(const struct diff *diff)
{
	static const char *const units[] = {
		[DIFF_COUNT] = "count", [DIFF_NS] = "ns", [DIFF_BYTES] = "bytes",
	};
	struct json_object *list = json_object_new_array(), *object;

	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_figure *figure = &diff->stats[i];

		object = json_add_text(json_object_new_object(), "figure",
				       figure->name);
		object = json_add_text(object, "unit", units[figure->unit]);
		object = add_pair(object, "values", figure->sides[DIFF_A],
				  figure->sides[DIFF_B]);
		list = json_append(list, object);
	}
	return list;
}

int diff_json(FILE *out, const struct diff *diff,
	      char *const paths[DIFF_SIDES])
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "schema", "mmapdemo-diff");
	object = json_add_number(object, "version", 1);
	object = json_add_text(object, "program", MMAPDEMO_VERSION);
	object = json_add_object(object, "a", side(diff->files[DIFF_A],
						   paths[DIFF_A]));
	object = json_add_object(object, "b", side(diff->files[DIFF_B],
						   paths[DIFF_B]));
	object = json_add_object(object, "faults", add_row(
				 json_object_new_object(), &diff->faults));
	object = json_add_object(object, "classes",
				 rows(&diff->classes, "class"));
	object = json_add_object(object, "files", rows(&diff->names, "file"));
	object = json_add_object(object, "calls", calls(&diff->calls));
	object = json_add_object(object, "figures", stats(diff));
	return json_line(out, object);
}
