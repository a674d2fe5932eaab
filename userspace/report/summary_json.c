// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "base/version.h"
#include "event/json.h"
#include "record/replay.h"
#include "report/limit.h"
#include "report/machine.h"
#include "report/summary_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <json.h>

static struct json_object *add_stats(struct json_object *object,
				     const struct stats *stats,
				     __u64 majors)
{
	object = json_add_number(object, "faults", stats->count);
	object = json_add_number(object, "major", majors);
	object = json_add_number(object, "ns", stats->ns);
	object = json_add_number(object, "max_ns", stats->max);
	return json_add_number(object, "untimed", stats->untimed);
}

static struct json_object *add_class(struct json_object *object,
				     const struct class_stats *class)
{
	static const struct {
		const char *name;
		int percent;
	} percentiles[] = {
		{ "p50_ns", 50 }, { "p90_ns", 90 }, { "p99_ns", 99 },
	};

	object = add_stats(object, &class->stats, class->majors);
	object = json_add_number(object, "major_ns", class->majors_ns);
	for (int i = 0; i < 3; i++)
		object = json_add_number(object, percentiles[i].name,
				histogram_percentile(&class->durations,
						     &class->stats,
						     percentiles[i].percent));
	return object;
}

static struct json_object *class_list(const struct summary *summary)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		if (!summary->classes[i].stats.count)
			continue;
		object = json_add_text(json_object_new_object(), "class",
				       name_of(names_class, i));
		list = json_append(list,
				   add_class(object, &summary->classes[i]));
	}
	return list;
}

/* Return a JSON array with an object for each credible frame of the call stack. */
static struct json_object *frames(struct symbols *symbols,
				  const struct event *event,
				  const struct space *space)
{
	const unsigned int count = summary_frames(event, space);
	struct json_object *list = json_object_new_array(), *object;
	char name[ROW_NAME_MAX];

	for (unsigned int i = 0; i < count; i++) {
		object = json_add_text(json_object_new_object(), "code",
				       summary_address(space, event->stack[i],
						       name));
		object = code_json_symbol(object, symbols,
					  code_at(space, event->stack[i]),
					  /* call = */ i > 0);
		list = json_append(list, object);
	}
	return list;
}

int summary_json_event(FILE *out, struct replay *replay,
		       const struct event *event, const struct space *space)
{
	struct json_object *object = json_event_object(event);
	const struct slow_event *slow = NULL;

	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		slow = world_fault_time(&replay->world, event);
	if (slow)
		object = json_add_object(object, "fault_time",
					 waits_json_fault(slow));
	if (event->frames)
		object = json_add_object(object, "frames",
					 frames(&replay->symbols, event, space));
	return json_line(out, object);
}

/*
 * Add the id and the name of the process to which a VMA belongs. If the process
 * is unknown, add 0 and "".
 */
static struct json_object *add_process(struct json_object *object,
				       const struct summary *summary,
				       const struct row *row)
{
	const __u32 pid = summary_row_pid(row);

	object = json_add_number(object, "pid", pid);
	return json_add_text(object, "comm", comms_name(&summary->comms, pid));
}

/* Add the name of a thread, and the process of the thread. */
static struct json_object *add_thread(struct json_object *object,
				      const struct summary *summary,
				      const struct row *row)
{
	const __u32 tid = row->key.parts[0];
	const __u32 pid = comms_process(&summary->comms, tid);

	object = json_add_text(object, "comm", comms_name(&summary->comms, tid));
	object = json_add_number(object, "pid", pid);
	return json_add_text(object, "process",
			     comms_name(&summary->comms, pid));
}

static struct json_object *table_list(const struct summary *summary,
				      enum summary_by by,
				      struct symbols *symbols, size_t rows)
{
	struct json_object *list = json_object_new_array(), *object;
	const struct table *table = &summary->by[by];

	for (size_t i = 0; i < table->count && i < rows; i++) {
		const struct row *row = &table->rows[i];

		object = json_add_text(json_object_new_object(),
				       by_names[by].member, row->name);
		object = add_stats(object, &row->stats, row->majors);
		if (by == BY_VMA)
			object = add_process(object, summary, row);
		if (by == BY_THREAD)
			object = add_thread(object, summary, row);
		if (by == BY_IP || by == BY_CALLER)
			object = code_json_symbol(object, symbols,
						  summary_row_code(row),
						  /* call = */ by == BY_CALLER);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *event_counts(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();

	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (event_is_reported(kind))
			object = json_add_number(object, event_layouts[kind].name,
						 summary->kinds[kind]);
	}
	return object;
}

/* Return the number of failed calls, by the name of the error. */
static struct json_object *errors(const struct call_stats *call)
{
	struct json_object *object = json_object_new_object();

	for (int i = 1; i < CALL_ERRORS; i++) {
		if (call->errors[i] && calls_error(i))
			object = json_add_number(object, calls_error(i),
						 call->errors[i]);
	}
	return object;
}

/*
 * Return statistics of the system calls. Omit the times of a call if none is
 * known.
 */
static struct json_object *calls(const struct summary *summary)
{
	struct json_object *object = json_object_new_object(), *call;

	for (int i = 0; i < EVENT_CALLS; i++) {
		const struct call_stats *from = &summary->calls.by[i];

		if (!from->stats.count)
			continue;
		call = json_object_new_object();
		call = json_add_number(call, "count", from->stats.count);
		call = json_add_number(call, "failed", from->failed);
		call = json_add_object(call, "errors", errors(from));
		call = json_add_number(call, "untimed", from->stats.untimed);
		if (stats_timed(&from->stats)) {
			call = json_add_number(call, "ns", from->stats.ns);
			call = json_add_number(call, "max_ns", from->stats.max);
		}
		object = json_add_object(object, calls_name(i), call);
	}
	return object;
}

static struct json_object *refused(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++)
		object = json_add_number(object, name_of(names_cause, i),
					 summary->refused[i]);
	return object;
}

static struct json_object *reasons(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++)
		object = json_add_number(object, name_of(names_reason, i),
					 summary->reasons[i]);
	return object;
}

static struct json_object *add_flushes(struct json_object *object,
				       const struct flush_stats *stats)
{
	object = json_add_number(object, "flushes", stats->count);
	object = json_add_number(object, "all", stats->all);
	return json_add_number(object, "pages", stats->pages);
}

static struct json_object *flushes(const struct summary *summary)
{
	struct json_object *list = json_object_new_array(), *object;
	const struct flush_stats sum = summary_flushes(summary);

	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (!summary->flushes[i].count)
			continue;
		object = json_add_text(json_object_new_object(), "reason",
				       name_of(names_flush, i));
		list = json_append(list, add_flushes(object,
						     &summary->flushes[i]));
	}
	object = json_add_number(json_object_new_object(), "recorded",
				 summary->flushes_known);
	return json_add_object(add_flushes(object, &sum), "reasons", list);
}

static struct json_object *moments(const struct summary *summary)
{
	const struct timeseries *timeseries = &summary->timeseries;
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < timeseries_count(timeseries); i++) {
		const struct moment *moment = &timeseries->moments[i];

		object = json_object_new_object();
		object = json_add_number(object, "from",
				timeseries_from(timeseries, i, summary->first));
		object = json_add_number(object, "faults", moment->faults);
		object = json_add_number(object, "ns", moment->ns);
		object = json_add_number(object, "filled_bytes",
					 moment->filled);
		object = json_add_number(object, "around_bytes",
					 moment->around);
		object = json_add_number(object, "page_table_bytes",
					 moment->tables * summary->page_bytes);
		object = json_add_number(object, "vmas", moment->vmas);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *outcomes(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < 4; i++)
		object = json_add_number(object, name_of(names_outcome, i),
					 summary->outcomes[i]);
	return object;
}

static struct json_object *add_tables(struct json_object *object,
				      const struct summary *summary,
				      struct symbols *symbols, size_t rows)
{
	object = json_add_object(object, by_names[BY_CLASS].list,
				 class_list(summary));
	for (int i = 0; i < BY_TABLES; i++) {
		if (i == BY_CALLER && !summary->stacks)
			continue;
		object = json_add_object(object, by_names[i].list,
					 table_list(summary, i, symbols, rows));
	}
	return json_add_object(object, by_names[BY_MAKER].list,
			       makers_json(&summary->makers, symbols, rows));
}

struct json_object *summary_json_header(const char *schema,
					const struct meta *meta)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "schema", schema);
	object = json_add_number(object, "version", 1);
	object = json_add_text(object, "program", MMAPDEMO_VERSION);
	object = json_add_text(object, "kernel", meta->kernel);
	return json_add_text(object, "title", meta->title);
}

int summary_json_begin(FILE *out, const struct meta *meta)
{
	struct json_object *object = summary_json_header("mmapdemo-events",
							 meta);

	object = json_add_text(object, "clock", "CLOCK_MONOTONIC");
	object = json_add_number(object, "page_bytes", meta->page_bytes);
	object = json_add_number(object, "levels", meta->levels);
	return json_line(out, object);
}

static struct json_object *gap_list(const struct meta *meta)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < meta->gaps; i++)
		list = json_append(list, json_object_new_string(
				meta_gap(meta, i)));
	return list;
}

int summary_json_end(FILE *out, const struct meta *meta, __u64 events)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "events", events);
	object = json_add_number(object, "lost", meta->lost);
	object = json_add_number(object, "missed", meta->missed);
	object = json_add_object(object, "gaps", gap_list(meta));
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

static struct json_object *absent_list(const struct meta *meta)
{
	struct json_object *list = json_object_new_array();

	meta_absent(meta, add_absence, &list);
	return list;
}

struct json_object *summary_json_losses(struct json_object *object,
					const struct meta *meta)
{
	object = json_add_number(object, "lost", meta->lost);
	object = json_add_number(object, "missed", meta->missed);
	object = json_add_object(object, "gaps", gap_list(meta));
	return json_add_object(object, "absent", absent_list(meta));
}

static struct json_object *spaces(const struct space_stats *stats)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "count", stats->stats.count);
	object = json_add_number(object, "ns", stats->stats.ns);
	object = json_add_number(object, "max_ns", stats->stats.max);
	object = json_add_number(object, "vmas", stats->vmas);
	return json_add_number(object, "page_table_bytes", stats->pgtables);
}

/*
 * Add the number of items as the member @name, and their total duration as the
 * member @name_ns.
 */
static struct json_object *add_times(struct json_object *object,
				     const char *name, const char *name_ns,
				     const struct stats *stats)
{
	object = json_add_number(object, name, stats->count);
	return json_add_number(object, name_ns, stats->ns);
}

static struct json_object *vforks(struct json_object *object,
				  const struct vforks *vforks)
{
	object = json_add_number(object, "vforks", vforks->began);
	object = json_add_number(object, "vforks_untimed",
				 vforks->began - vforks->stats.count);
	object = json_add_number(object, "suspended_ns", vforks->stats.ns);
	return json_add_number(object, "suspended_max_ns", vforks->stats.max);
}

static struct json_object *forks(const struct summary *summary)
{
	const struct copy_stats *copies = &summary->copies;
	struct json_object *object = spaces(&summary->forks);

	if (summary->reserve_known)
		object = json_add_number(object, "reserve_bytes",
					 summary->reserve *
					 summary->page_bytes);
	object = add_times(object, "copied", "copied_ns", &copies->copied);
	object = add_times(object, "copied_children", "copied_children_ns",
			   &copies->children);
	object = add_times(object, "huge_split", "huge_split_ns",
			   &copies->split);
	object = add_times(object, "reused", "reused_ns", &copies->reused);
	object = add_times(object, "huge_reused", "huge_reused_ns",
			   &copies->huge_reused);
	object = add_times(object, "hugetlb", "hugetlb_ns", &copies->hugetlb);
	object = add_times(object, "copied_unsure", "copied_unsure_ns",
			   &copies->unsure);
	object = add_times(object, "uncopied", "uncopied_ns",
			   &summary->uncopied);
	object = add_times(object, "freed", "freed_ns", &summary->freed);
	object = add_times(object, "freed_last", "freed_last_ns",
			   &summary->freed_last);
	object = add_times(object, "failed", "failed_ns", &summary->failed);
	object = json_add_number(object, "cost_ns", summary_fork_cost(summary));
	object = json_add_number(object, "shared", summary->shared);
	return vforks(object, &summary->vforks);
}

static struct json_object *exits(const struct summary *summary)
{
	return add_times(spaces(&summary->exits), "left", "left_ns",
			 &summary->left);
}

struct json_object *summary_object(const struct summary *summary,
				   const struct meta *meta,
				   struct symbols *symbols, size_t rows)
{
	struct json_object *object = summary_json_header("mmapdemo-report",
							 meta);

	object = machine_json(object, meta);
	object = json_add_number(object, "events", summary->events);
	object = json_add_number(object, "hidden", summary->hidden);
	object = summary_json_losses(object, meta);
	object = json_add_number(object, "first_ns", summary->first);
	object = json_add_number(object, "last_ns", summary->last);
	object = json_add_number(object, "ns", summary->last - summary->first);
	object = json_add_number(object, "run_ns", summary->ran);
	object = json_add_object(object, "counts", event_counts(summary));
	object = json_add_object(object, "faults", add_class(
				 json_object_new_object(), &summary->faults));
	object = json_add_number(object, "retried", summary->retried);
	object = json_add_number(object, "unhandled", summary->unhandled);
	object = json_add_number(object, "signals", summary->signals);
	object = json_add_number(object, "awaited", summary->awaited.count);
	object = json_add_number(object, "awaited_ns", summary->awaited.ns);
	object = add_tables(object, summary, symbols, rows);
	object = json_add_object(object, "waits", waits_json(summary, rows));
	object = json_add_object(object, "calls", calls(summary));
	object = json_add_number(object, "mmap_failed", summary->mmaps_failed);
	object = json_add_number(object, "mmap_ns", summary->mmaps.ns);
	object = json_add_number(object, "mapped_bytes", summary->mapped);
	object = json_add_object(object, "forks", forks(summary));
	object = json_add_object(object, "exits", exits(summary));
	object = json_add_object(object, "merges", outcomes(summary));
	object = json_add_object(object, "refused", refused(summary));
	object = json_add_object(object, "reasons", reasons(summary));
	object = json_add_number(object, "vmas_most", summary->map_count);
	object = json_add_number(object, "vmas_most_pid", limit_pid(summary));
	object = json_add_text(object, "vmas_most_comm",
			       comms_name(&summary->comms, limit_pid(summary)));
	object = json_add_number(object, "max_map_count",
				 meta->max_map_count);
	object = json_add_number(object, "filled_bytes", summary->filled);
	object = json_add_number(object, "around_bytes", summary->around);
	object = json_add_number(object, "page_table_bytes", summary->tables *
				 summary->page_bytes);
	object = json_add_number(object, "unseen", summary->unseen);
	object = json_add_object(object, "first_touch",
				 first_touch_json(&summary->first_touch, rows));
	object = json_add_object(object, "tlb", flushes(summary));
	return json_add_object(object, "timeline", moments(summary));
}

int summary_json(FILE *out, const struct summary *summary,
		 const struct meta *meta, struct symbols *symbols)
{
	return json_line(out, summary_object(summary, meta, symbols, SIZE_MAX));
}
