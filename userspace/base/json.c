// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "base/format.h"
#include "base/gaps.h"
#include "base/pids.h"
#include "base/version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <json.h>

/*
 * Add @value to @object, and take ownership of @value. If @object or @value is
 * NULL, or if there is no memory, free both and return NULL.
 */
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

/*
 * Return @text as a JSON string. JSON must be UTF-8, but a name may contain any
 * bytes, so escape @text unless it is valid UTF-8.
 */
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

/*
 * Add the bytes of @text in hexadecimal as the member "NAME_bytes". The escaped
 * text alone would be ambiguous.
 */
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

struct json_object *json_add_gaps(struct json_object *object,
				  const struct gaps *gaps)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < gaps->count; i++)
		list = json_append(list, json_object_new_string(gaps->list[i]));
	return add(object, "gaps", list);
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

struct json_object *json_get(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

struct json_object *json_get_list(struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);

	return json_object_is_type(value, json_type_array) ? value : NULL;
}

__u64 json_get_number(struct json_object *object, const char *name)
{
	return json_object_get_uint64(json_get(object, name));
}

const char *json_get_text(struct json_object *object, const char *name)
{
	struct json_object *value = json_get(object, name);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : "";
}
