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
 * Begin the first line, which contains the schema of the lines, and the target.
 * The target is the process @pid if @pid is not 0, or else @command if @command
 * is not NULL, or else all processes. Return NULL if there is no memory.
 */
struct json_object *json_header(const char *schema, char **command, int pid);

/*
 * Write and free @object. If @object is NULL, there was no memory for the
 * object. Return 0 or -errno.
 */
int json_line(FILE *out, struct json_object *object);

/* Add a member. If there is no memory, free @object and return NULL. */
struct json_object *json_add_number(struct json_object *object,
				    const char *name, __u64 value);
struct json_object *json_add_text(struct json_object *object,
				  const char *name, const char *text);
struct json_object *json_add_numbers(struct json_object *object,
				     const char *name, const __u64 *values,
				     size_t count);
/*
 * If there are several processes, add the ids of all of them. The header
 * contains only the first id. If there is no memory, free @object and return
 * NULL.
 */
struct json_object *json_add_pids(struct json_object *object,
				  const struct pids *pids);

/* Add an array of the gaps. If there is no memory, free @object and return NULL. */
struct json_object *json_add_gaps(struct json_object *object,
				  const struct gaps *gaps);

/*
 * Add @value, and take ownership of @value. If there is no memory, free @object
 * and return NULL.
 */
struct json_object *json_add_object(struct json_object *object,
				    const char *name,
				    struct json_object *value);

/*
 * Append @item, and take ownership of @item. If there is no memory, free @list
 * and return NULL.
 */
struct json_object *json_append(struct json_object *list,
				struct json_object *item);

#endif /* _JSON_H */
