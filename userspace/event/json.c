// SPDX-License-Identifier: GPL-2.0-only
#include "event/json.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include <json.h>

static struct json_object *bit_names(const struct name *bits, __u64 value)
{
	struct json_object *list = json_object_new_array();

	for (; list && bits->name; bits++) {
		if (value & bits->value)
			list = json_append(list,
					   json_object_new_string(bits->name));
	}
	return list;
}

struct json_object *json_add_bits(struct json_object *object,
				  const char *name, const struct name *bits,
				  __u64 value)
{
	return json_add_object(object, name, bit_names(bits, value));
}

struct json_object *json_add_events(struct json_object *object, __u64 events)
{
	struct json_object *list = json_object_new_array();

	for (int kind = 0; kind < MMAPDEMO_EVENTS; kind++) {
		if (events & 1ULL << kind)
			list = json_append(list, json_object_new_string(
						event_layouts[kind].name));
	}
	return json_add_object(object, "events", list);
}

static __u64 number(const struct field *field, const struct event *event)
{
	const char *at = (const char *)event + field->offset;
	__u32 narrow;
	__u64 value;

	if (field->size == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&value, at, sizeof(value));
	return value;
}

static struct json_object *add_field(struct json_object *object,
				     const struct field *field,
				     const struct event *event)
{
	char names[64];
	__u64 value;

	if (field->type == FIELD_TEXT)
		return json_add_text(object, field->name,
				     (const char *)event + field->offset);
	value = number(field, event);
	if (field->type == FIELD_SIGNED)
		object = json_add_object(object, field_member(field),
					 json_object_new_int64(value));
	else
		object = json_add_number(object, field->name, value);
	snprintf(names, sizeof(names), "%s_name%s", field->name,
		 field->flags ? "s" : "");
	if (field->values)
		return json_add_text(object, names,
				     name_of(field->values, value));
	if (field->flags)
		return json_add_bits(object, names, field->flags, value);
	return object;
}

struct json_object *json_event_object(const struct event *event)
{
	const struct event_layout *layout = &event_layouts[event->kind];
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", layout->name);
	object = json_add_number(object, "time", event->time);
	object = json_add_number(object, "tid", event->tid);
	object = json_add_number(object, "cpu", event->cpu);
	for (int i = 0; layout->fields[i].name; i++)
		object = add_field(object, &layout->fields[i], event);
	if (event->frames)
		object = json_add_numbers(object, "stack", event->stack,
					  event->frames);
	return object;
}

int json_event(FILE *out, const struct event *event)
{
	return json_line(out, json_event_object(event));
}
