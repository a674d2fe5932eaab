/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of JSON, of which each object is one line, and members of JSON that was read. */
#ifndef _JSON_H
#define _JSON_H

#include <linux/types.h>
#include <stdio.h>

struct gaps;
struct json_object;
struct pids;

/*
 * Return the object for the first line of the output, or NULL if there is no
 * memory. The object names the schema of all lines. If @pid is not 0, the object
 * contains @pid. If @pid is 0 and @command is not NULL, the object contains
 * @command.
 */
struct json_object *json_header(const char *schema, char **command, int pid);

/*
 * Write @object as a line, and free @object. Return 0 or -errno. @object may be
 * NULL if there was no memory. The result is then -ENOMEM.
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
 * If @pids contains several process IDs, add all of them as the member "pids".
 * If there is no memory, free @object and return NULL.
 */
struct json_object *json_add_pids(struct json_object *object,
				  const struct pids *pids);

/*
 * Add the array "gaps" of the sentences in @gaps. If there is no memory, free
 * @object and return NULL.
 */
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

/*
 * Return a member of @object. Return NULL if @object is not a JSON object, or has no such
 * member. json_get_list() also returns NULL if the member is not an array.
 */
struct json_object *json_get(struct json_object *object, const char *name);
struct json_object *json_get_list(struct json_object *object, const char *name);

/* Return the value of a member. Return 0 or "" if there is no such value. */
__u64 json_get_number(struct json_object *object, const char *name);
const char *json_get_text(struct json_object *object, const char *name);

#endif /* _JSON_H */
