/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as lines of JSON. */
#ifndef _EVENT_JSON_H
#define _EVENT_JSON_H

#include "event/event.h"

#include <stdio.h>

struct json_object;

/*
 * Return a new object with all fields of the event, and with the call stack, if
 * the event has one. If the values of a field NAME have names, add the member
 * NAME_name. If the bits of a field NAME have names, add the member NAME_names.
 * Return NULL if there is no memory.
 */
struct json_object *json_event_object(const struct event *event);

/* Write the object of json_event_object() as a line. Return 0 or -errno. */
int json_event(FILE *out, const struct event *event);

/*
 * Add the names of the bits that are set in @value, as the array @name. If there
 * is no memory, free @object and return NULL.
 */
struct json_object *json_add_bits(struct json_object *object,
				  const char *name, const struct name *bits,
				  __u64 value);

/*
 * Add the names of the module's events whose bits are set in @events, as the
 * array "events". If there is no memory, free @object and return NULL.
 */
struct json_object *json_add_events(struct json_object *object, __u64 events);

#endif /* _EVENT_JSON_H */
