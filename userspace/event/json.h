/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as lines of JSON. */
#ifndef _EVENT_JSON_H
#define _EVENT_JSON_H

#include "event/event.h"

#include <stdio.h>

struct json_object;

/*
 * Every field under its own name; names of values and bits in NAME_names; the
 * call stack, if there is one. Returns 0 or -errno.
 */
int json_event(FILE *out, const struct event *event);

/* Adds to @object; frees it and returns NULL when there is no memory. */
struct json_object *json_add_bits(struct json_object *object,
				  const char *name, const struct name *bits,
				  __u64 value);

/* ... the names of the module's events whose bits are set. */
struct json_object *json_add_events(struct json_object *object, __u64 events);

#endif /* _EVENT_JSON_H */
