// SPDX-License-Identifier: GPL-2.0-only
/* JSON about where the time of faults went. */
#include "base/json.h"
#include "event/json.h"
#include "report/summary.h"

#include <json.h>

static struct json_object *parts(const struct summary *summary)
{
	const struct waits *waits = &summary->waits;
	struct json_object *list = json_object_new_array(), *object;

	for (int part = 0; part < FAULT_PARTS; part++) {
		object = json_add_text(json_object_new_object(), "part",
				       fault_parts[part].name);
		object = json_add_number(object, "faults",
					 waits->parts[part].count);
		object = json_add_number(object, "ns",
					 waits_part_ns(summary, part));
		object = json_add_number(object, "max_ns",
					 waits_part_max(summary, part));
		object = json_add_number(object, "not_known",
					 waits->hidden[part]);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *add_holder(struct json_object *object, __u32 tid,
				      __s64 nr)
{
	object = json_add_number(object, "holder", tid);
	object = json_add_object(object, "holder_nr",
				 json_object_new_int64(nr));
	return json_add_text(object, "holder_nr_name",
			     name_of(names_syscall, nr));
}

static struct json_object *add_stats(struct json_object *object,
				     const struct stats *stats)
{
	object = json_add_number(object, "count", stats->count);
	object = json_add_number(object, "ns", stats->ns);
	return json_add_number(object, "max_ns", stats->max);
}

static struct json_object *holders(const struct summary *summary, size_t rows)
{
	const struct table *table = &summary->waits.holders;
	struct json_object *list = json_object_new_array(), *object;

	for (size_t i = 0; i < table->count && i < rows; i++) {
		const struct row *row = &table->rows[i];
		const __u32 tid = waits_holder_tid(row);

		object = add_holder(json_object_new_object(), tid,
				    waits_holder_nr(row));
		object = json_add_text(object, "comm",
				       comms_name(&summary->comms, tid));
		object = json_add_number(object, "calls", row->calls);
		list = json_append(list, add_stats(object, &row->stats));
	}
	return list;
}

static struct json_object *waiters(const struct summary *summary, size_t rows)
{
	const struct table *table = &summary->waits.waiters;
	struct json_object *list = json_object_new_array(), *object;

	for (size_t i = 0; i < table->count && i < rows; i++) {
		const struct row *row = &table->rows[i];
		const __u32 tid = row->key.parts[0];

		object = json_add_number(json_object_new_object(), "tid", tid);
		object = json_add_text(object, "comm",
				       comms_name(&summary->comms, tid));
		list = json_append(list, add_stats(object, &row->stats));
	}
	return list;
}

static void remove_field(struct json_object *object, const struct field *field)
{
	char name[64];

	json_object_object_del(object, field_member(field));
	snprintf(name, sizeof(name), "%s_name", field->name);
	json_object_object_del(object, name);
}

struct json_object *waits_json_fault(const struct slow_event *slow)
{
	const struct event time = {
		.kind = MMAPDEMO_EVENT_FAULT_TIME, .slow = *slow,
	};
	static const char *const others[] = { "event", "time", "tid", "cpu" };
	const struct field *field = event_layouts[time.kind].fields;
	struct json_object *object = json_event_object(&time);

	for (int i = 0; object && i < 4; i++)
		json_object_object_del(object, others[i]);
	for (; object && field->name; field++) {
		if (!waits_adds(field) || !waits_knows(&time, field))
			remove_field(object, field);
	}
	return object;
}

static struct json_object *slow_fault(const struct slow_fault *fault)
{
	const struct slow_event *slow = &fault->slow;
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "tid", fault->tid);
	object = json_add_number(object, "begin", fault->begin);
	object = json_add_number(object, "address", slow->address);
	object = json_add_text(object, "class", name_of(names_class, slow->class));
	object = json_add_text(object, "file", fault->place);
	object = json_add_text(object, "ip", fault->ip);
	object = json_add_text(object, "caller", fault->caller);
	object = json_add_number(object, "duration", slow->duration);
	object = json_add_object(object, "lock_before",
				 json_object_new_int64(slow->lock_before));
	for (int part = 0; part < FAULT_PARTS; part++)
		object = json_add_object(object, fault_parts[part].name,
				json_object_new_int64(fault_part(slow, part)));
	object = json_add_number(object, "read_bytes", slow->read_bytes);
	object = json_add_number(object, "reclaimed", slow->reclaimed);
	object = json_add_text(object, "where", slow->where);
	return add_holder(object, slow->holder, slow->holder_nr);
}

static struct json_object *slowest(const struct waits *waits)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < waits->count; i++)
		list = json_append(list, slow_fault(&waits->slowest[i]));
	return list;
}

struct json_object *waits_json(const struct summary *summary, size_t rows)
{
	const struct waits *waits = &summary->waits;
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "recorded", waits->recorded);
	object = json_add_number(object, "faults", waits->faults.count);
	object = json_add_number(object, "ns", waits->faults.ns);
	object = json_add_number(object, "unknown", waits->unknown.count);
	object = json_add_number(object, "unknown_ns", waits->unknown.ns);
	object = json_add_number(object, "lock_before", waits->before.count);
	object = json_add_number(object, "lock_before_ns", waits->before.ns);
	object = json_add_number(object, "read_bytes", waits->read_bytes);
	object = json_add_number(object, "reclaimed", waits->reclaimed);
	object = json_add_object(object, "parts", parts(summary));
	object = json_add_number(object, "locks", waits->locks.count);
	object = json_add_number(object, "locks_ns", waits->locks.ns);
	object = json_add_object(object, "holders",
				 holders(summary, rows));
	object = json_add_object(object, "waiters", waiters(summary, rows));
	return json_add_object(object, "slowest", slowest(waits));
}
