// SPDX-License-Identifier: GPL-2.0-only
#include "digest_text.h"
#include "cmd.h"
#include "json.h"

#include <errno.h>
#include <string.h>

#include <json.h>

static struct json_object *add_figures(struct json_object *object,
				       const struct figures *figures,
				       __u64 majors)
{
	object = json_add_number(object, "faults", figures->count);
	object = json_add_number(object, "major", majors);
	object = json_add_number(object, "ns", figures->ns);
	object = json_add_number(object, "max_ns", figures->max);
	return json_add_number(object, "untimed", figures->untimed);
}

static struct json_object *add_class(struct json_object *object,
				     const struct class_figures *class)
{
	static const struct {
		const char *name;
		int percent;
	} percentiles[] = {
		{ "p50_ns", 50 }, { "p90_ns", 90 }, { "p99_ns", 99 },
	};

	object = add_figures(object, &class->figures, class->majors);
	for (int i = 0; i < 3; i++)
		object = json_add_number(object, percentiles[i].name,
				histogram_percentile(&class->durations,
						     &class->figures,
						     percentiles[i].percent));
	return object;
}

static struct json_object *class_list(const struct digest *digest)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		if (!digest->classes[i].figures.count)
			continue;
		object = json_add_text(json_object_new_object(), "class",
				       name_of(names_class, i));
		list = json_append(list, add_class(object, &digest->classes[i]));
	}
	return list;
}

static struct json_object *add_symbol(struct json_object *object,
				      struct symbols *symbols,
				      struct code code, bool call)
{
	const struct symbol *symbol = digest_symbol(symbols, code, call);

	if (!symbol)
		return object;
	object = json_add_text(object, "build_id",
			       symbols_build_id(symbols, code.dev, code.ino));
	if (symbol->name[0]) {
		object = json_add_text(object, "symbol", symbol->name);
		object = json_add_number(object, "symbol_offset",
					 symbol->offset + call);
	}
	if (symbol->source[0]) {
		object = json_add_text(object, "source", symbol->source);
		object = json_add_number(object, "line", symbol->line);
	}
	return object;
}

static struct json_object *table_list(const struct digest *digest,
				      enum digest_by by, const char *what,
				      struct symbols *symbols, size_t rows)
{
	struct json_object *list = json_object_new_array(), *object;
	const struct table *table = &digest->by[by];

	for (size_t i = 0; i < table->count && i < rows; i++) {
		const struct row *row = &table->rows[i];

		object = json_add_text(json_object_new_object(), what,
				       row->name);
		object = add_figures(object, &row->figures, row->majors);
		if (by == BY_IP || by == BY_CALLER)
			object = add_symbol(object, symbols,
					    digest_row_code(row),
					    /* call = */ by == BY_CALLER);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *event_counts(const struct digest *digest)
{
	struct json_object *object = json_object_new_object();

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		object = json_add_number(object, event_layouts[kind].name,
					 digest->kinds[kind]);
	return object;
}

/* Of the calls whose end is recorded. */
static struct json_object *calls(const struct digest *digest)
{
	struct json_object *object = json_object_new_object(), *call;
	const size_t prefix = strlen("sys_exit_");

	for (int i = 0; i < EVENT_CALLS; i++) {
		if (!digest->calls[i].count)
			continue;
		call = json_object_new_object();
		call = json_add_number(call, "count", digest->calls[i].count);
		call = json_add_number(call, "failed", digest->calls[i].failed);
		object = json_add_object(object,
				event_layouts[EVENT_LEAVE + i].name + prefix,
				call);
	}
	return object;
}

static struct json_object *refused(const struct digest *digest)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++)
		object = json_add_number(object, name_of(names_cause, i),
					 digest->refused[i]);
	return object;
}

static struct json_object *reasons(const struct digest *digest)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++)
		object = json_add_number(object, name_of(names_reason, i),
					 digest->reasons[i]);
	return object;
}

static struct json_object *add_flushes(struct json_object *object,
				       const struct flush_figures *figures)
{
	object = json_add_number(object, "flushes", figures->count);
	object = json_add_number(object, "all", figures->all);
	return json_add_number(object, "pages", figures->pages);
}

static struct json_object *flushes(const struct digest *digest)
{
	struct json_object *list = json_object_new_array(), *object;
	const struct flush_figures sum = digest_flushes(digest);

	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (!digest->flushes[i].count)
			continue;
		object = json_add_text(json_object_new_object(), "reason",
				       name_of(names_flush, i));
		list = json_append(list, add_flushes(object,
						     &digest->flushes[i]));
	}
	object = json_add_number(json_object_new_object(), "recorded",
				 digest->flushes_known);
	return json_add_object(add_flushes(object, &sum), "reasons", list);
}

static struct json_object *moments(const struct digest *digest)
{
	const struct history *history = &digest->history;
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < history_count(history, digest->last); i++) {
		const struct moment *moment = &history->moments[i];

		object = json_object_new_object();
		object = json_add_number(object, "from", i * history->width);
		object = json_add_number(object, "faults", moment->faults);
		object = json_add_number(object, "ns", moment->ns);
		object = json_add_number(object, "filled_bytes",
					 moment->filled);
		object = json_add_number(object, "page_table_bytes",
					 moment->tables * digest->page_bytes);
		object = json_add_number(object, "vmas", moment->vmas);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *outcomes(const struct digest *digest)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < 4; i++)
		object = json_add_number(object, name_of(names_outcome, i),
					 digest->outcomes[i]);
	return object;
}

static struct json_object *add_tables(struct json_object *object,
				      const struct digest *digest,
				      struct symbols *symbols, size_t rows)
{
	static const struct {
		const char *list;
		const char *what;
	} tables[BY_TABLES] = {
		[BY_FILE] = { "files", "file" },
		[BY_VMA] = { "vmas", "vma" },
		[BY_IP] = { "instructions", "ip" },
		[BY_THREAD] = { "threads", "tid" },
		[BY_CALLER] = { "callers", "caller" },
	};

	object = json_add_object(object, "classes", class_list(digest));
	for (int i = 0; i < BY_TABLES; i++) {
		if (i == BY_CALLER && !digest->stacks)
			continue;
		object = json_add_object(object, tables[i].list,
					 table_list(digest, i, tables[i].what,
						    symbols, rows));
	}
	return object;
}

struct json_object *digest_json_header(const char *schema,
				       const struct told *told)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "schema", schema);
	object = json_add_number(object, "version", 1);
	object = json_add_text(object, "program", MMAPDEMO_VERSION);
	object = json_add_text(object, "kernel", told->kernel);
	return json_add_text(object, "title", told->title);
}

int digest_json_begin(FILE *out, const struct told *told)
{
	struct json_object *object = digest_json_header("mmapdemo-events",
							told);

	object = json_add_text(object, "clock", "CLOCK_MONOTONIC");
	object = json_add_number(object, "page_bytes", told->page_bytes);
	object = json_add_number(object, "levels", told->levels);
	return json_line(out, object);
}

static struct json_object *gap_list(const struct told *told)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < told->gaps; i++)
		list = json_append(list, json_object_new_string(
				told_gap(told, i)));
	return list;
}

int digest_json_end(FILE *out, const struct told *told, __u64 events)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "events", events);
	object = json_add_number(object, "lost", told->lost);
	object = json_add_number(object, "missed", told->missed);
	object = json_add_object(object, "gaps", gap_list(told));
	return json_line(out, object);
}

static void add_absence(const char *function, const char *events, int error,
			void *data)
{
	struct json_object **list = data, *object = json_object_new_object();

	object = json_add_text(object, "function", function);
	object = json_add_text(object, "events", events);
	object = json_add_text(object, "why", name_attach_error(error));
	*list = json_append(*list, object);
}

static struct json_object *absent_list(const struct told *told)
{
	struct json_object *list = json_object_new_array();

	told_absent(told, add_absence, &list);
	return list;
}

struct json_object *digest_json_losses(struct json_object *object,
				       const struct told *told)
{
	object = json_add_number(object, "lost", told->lost);
	object = json_add_number(object, "missed", told->missed);
	object = json_add_object(object, "gaps", gap_list(told));
	return json_add_object(object, "absent", absent_list(told));
}

struct json_object *digest_object(const struct digest *digest,
				  const struct told *told,
				  struct symbols *symbols, size_t rows)
{
	struct json_object *object = digest_json_header("mmapdemo-report",
							told);

	object = json_add_number(object, "events", digest->events);
	object = json_add_number(object, "hidden", digest->hidden);
	object = digest_json_losses(object, told);
	object = json_add_number(object, "ns", digest->last - digest->first);
	object = json_add_object(object, "counts", event_counts(digest));
	object = json_add_object(object, "faults", add_class(
				 json_object_new_object(), &digest->faults));
	object = json_add_number(object, "retried", digest->retried);
	object = json_add_number(object, "unhandled", digest->unhandled);
	object = json_add_number(object, "signals", digest->signals);
	object = json_add_number(object, "awaited", digest->awaited);
	object = add_tables(object, digest, symbols, rows);
	object = json_add_object(object, "calls", calls(digest));
	object = json_add_number(object, "mmap_failed", digest->mmaps_failed);
	object = json_add_number(object, "mmap_ns", digest->mmaps.ns);
	object = json_add_number(object, "mapped_bytes", digest->mapped);
	object = json_add_object(object, "merges", outcomes(digest));
	object = json_add_object(object, "refused", refused(digest));
	object = json_add_object(object, "reasons", reasons(digest));
	object = json_add_number(object, "vmas_most", digest->map_count);
	object = json_add_number(object, "max_map_count",
				 told->max_map_count);
	object = json_add_number(object, "filled_bytes", digest->filled);
	object = json_add_number(object, "page_table_bytes", digest->tables *
				 digest->page_bytes);
	object = json_add_number(object, "unseen", digest->unseen);
	object = json_add_object(object, "tlb", flushes(digest));
	return json_add_object(object, "timeline", moments(digest));
}

int digest_json(FILE *out, const struct digest *digest,
		const struct told *told, struct symbols *symbols)
{
	return json_line(out, digest_object(digest, told, symbols, SIZE_MAX));
}
