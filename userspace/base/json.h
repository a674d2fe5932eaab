/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as lines of JSON. All functions return 0 or -errno. */
#ifndef _JSON_H
#define _JSON_H

#include "event/event.h"

#include <stdio.h>

struct json_object;

/*
 * Every field under its own name; names of values and bits in NAME_names; the
 * call stack, if there is one.
 */
int json_event(FILE *out, const struct event *event);

/*
 * What the first line begins with: what the lines are, and what they are about:
 * @command, or @pid if not 0, or everything. NULL: no memory.
 */
/* Of several processes, all of them: the header has only the first. */
struct pids;
struct json_object *json_add_pids(struct json_object *object,
				  const struct pids *pids);

struct json_object *json_header(const char *schema, char **command, int pid);

/* Writes and frees @object, which may be NULL: no memory. */
int json_line(FILE *out, struct json_object *object);

/* Adds to @object; frees it and returns NULL when there is no memory. */
struct json_object *json_add_number(struct json_object *object,
				    const char *name, __u64 value);
struct json_object *json_add_text(struct json_object *object,
				  const char *name, const char *text);
struct json_object *json_add_numbers(struct json_object *object,
				     const char *name, const __u64 *values,
				     size_t count);
/* ... an array of the names of bits. */
struct json_object *json_add_bits(struct json_object *object,
				  const char *name, const struct name *bits,
				  __u64 value);
/* ... an array of the names of the module's events whose bits are set. */
struct json_object *json_add_events(struct json_object *object, __u64 events);

/* ... @value too, and takes it over. */
struct json_object *json_add_object(struct json_object *object,
				    const char *name,
				    struct json_object *value);

/* ... @item to a list, and takes it over. */
struct json_object *json_append(struct json_object *list,
				struct json_object *item);

#endif /* _JSON_H */
