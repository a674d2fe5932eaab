// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "base/format.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <json.h>

/* Takes over @value; NULL is no memory, here and before. */
static struct json_object *add(struct json_object *object, const char *name,
			       struct json_object *value)
{
	if (object && value && !json_object_object_add(object, name, value))
		return object;
	json_object_put(value);
	json_object_put(object);
	return NULL;
}

struct json_object *json_add_number(struct json_object *object,
				    const char *name, __u64 value)
{
	return add(object, name, json_object_new_uint64(value));
}

/* JSON is UTF-8, names of files and arguments are any bytes. */
static struct json_object *new_text(const char *text)
{
	char *escaped;
	size_t size = 4 * strlen(text) + 5;
	struct json_object *value;

	if (format_is_utf8(text))
		return json_object_new_string(text);
	escaped = malloc(size);
	if (!escaped)
		return NULL;
	value = json_object_new_string(format_name(escaped, size, text));
	free(escaped);
	return value;
}

/* "NAME_bytes", in hexadecimal: what is escaped could be another name. */
static struct json_object *add_bytes(struct json_object *object,
				     const char *name, const char *text)
{
	char *hex = malloc(2 * strlen(text) + 1), *at = hex;
	char member[64];

	if (!hex) {
		json_object_put(object);
		return NULL;
	}
	for (; *text; text++)
		at += sprintf(at, "%02x", (unsigned char)*text);
	snprintf(member, sizeof(member), "%s_bytes", name);
	object = add(object, member, json_object_new_string(hex));
	free(hex);
	return object;
}

struct json_object *json_add_text(struct json_object *object,
				  const char *name, const char *text)
{
	object = add(object, name, new_text(text));
	return format_is_utf8(text) ? object : add_bytes(object, name, text);
}

struct json_object *json_add_numbers(struct json_object *object,
				     const char *name, const __u64 *values,
				     size_t count)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		list = json_append(list, json_object_new_uint64(values[i]));
	return add(object, name, list);
}

struct json_object *json_add_object(struct json_object *object,
				    const char *name,
				    struct json_object *value)
{
	return add(object, name, value);
}

struct json_object *json_add_pids(struct json_object *object,
				  const struct pids *pids)
{
	struct json_object *list;

	if (pids->count < 2)
		return object;
	list = json_object_new_array();
	for (int i = 0; i < pids->count; i++)
		list = json_append(list, json_object_new_int(pids->list[i]));
	return add(object, "pids", list);
}

struct json_object *json_header(const char *schema, char **command, int pid)
{
	struct json_object *object = json_object_new_object(), *list;
	struct utsname system;

	uname(&system);
	object = json_add_text(object, "schema", schema);
	object = json_add_number(object, "version", 1);
	object = json_add_text(object, "program", MMAPDEMO_VERSION);
	object = json_add_text(object, "kernel", system.release);
	if (pid)
		return json_add_number(object, "pid", pid);
	if (!command)
		return object;
	list = json_object_new_array();
	for (; *command; command++)
		list = json_append(list, new_text(*command));
	return add(object, "command", list);
}

struct json_object *json_append(struct json_object *list,
				struct json_object *item)
{
	if (list && item && !json_object_array_add(list, item))
		return list;
	json_object_put(item);
	json_object_put(list);
	return NULL;
}

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
	return add(object, name, bit_names(bits, value));
}

struct json_object *json_add_events(struct json_object *object, __u64 events)
{
	struct json_object *list = json_object_new_array();

	for (int kind = 0; kind < MMAPDEMO_EVENTS; kind++) {
		if (events & 1ULL << kind)
			list = json_append(list, json_object_new_string(
						event_layouts[kind].name));
	}
	return add(object, "events", list);
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
		object = add(object, field->name,
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

int json_event(FILE *out, const struct event *event)
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
	return json_line(out, object);
}

int json_line(FILE *out, struct json_object *object)
{
	const char *text;
	int err = 0;

	if (!object)
		return -ENOMEM;
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		err = -ENOMEM;
	else if (fprintf(out, "%s\n", text) < 0)
		err = errno ? -errno : -EIO;
	json_object_put(object);
	return err;
}
