/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of JSON. */
#ifndef _JSON_H
#define _JSON_H

#include <linux/types.h>
#include <stdio.h>

struct gaps;
struct json_object;
struct pids;

/*
 * What the first line begins with: what the lines are, and what they are about:
 * @command, or @pid if not 0, or everything. NULL: no memory.
 */
struct json_object *json_header(const char *schema, char **command, int pid);

/*
 * Writes and frees @object, which may be NULL: no memory. Returns 0 or -errno.
 */
int json_line(FILE *out, struct json_object *object);

/* Adds to @object; frees it and returns NULL when there is no memory. */
struct json_object *json_add_number(struct json_object *object,
				    const char *name, __u64 value);
struct json_object *json_add_text(struct json_object *object,
				  const char *name, const char *text);
struct json_object *json_add_numbers(struct json_object *object,
				     const char *name, const __u64 *values,
				     size_t count);
/* ... all processes if there are several: the header has only the first. */
struct json_object *json_add_pids(struct json_object *object,
				  const struct pids *pids);

/* ... an array of what is missing. */
struct json_object *json_add_gaps(struct json_object *object,
				  const struct gaps *gaps);

/* ... @value too, and takes it over. */
struct json_object *json_add_object(struct json_object *object,
				    const char *name,
				    struct json_object *value);

/* ... @item to a list, and takes it over. */
struct json_object *json_append(struct json_object *list,
				struct json_object *item);

#endif /* _JSON_H */
