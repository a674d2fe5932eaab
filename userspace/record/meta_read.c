// SPDX-License-Identifier: GPL-2.0-only
#include "record/meta_read.h"
#include "base/json.h"
#include "system/target.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

static size_t length(struct json_object *list)
{
	return list ? json_object_array_length(list) : 0;
}

/* Parse two hexadecimal digits. Return the byte, or -1. */
static int byte_of(const char *digits)
{
	unsigned int byte;

	return isxdigit((unsigned char)digits[0]) &&
	       isxdigit((unsigned char)digits[1]) &&
	       sscanf(digits, "%2x", &byte) == 1 ? (int)byte : -1;
}

/*
 * Restore the bytes of the member @name. If a text is not valid UTF-8, JSON
 * contains an escaped text, and a member NAME_bytes with the original bytes.
 */
static int restore_bytes(struct json_object *object, const char *name)
{
	char bytes[PATH_MAX], member_name[64];
	const char *hex;
	size_t used = 0;
	int byte;

	snprintf(member_name, sizeof(member_name), "%s_bytes", name);
	for (hex = json_get_text(object, member_name); *hex; hex += 2) {
		byte = byte_of(hex);
		if (byte <= 0 || used + 1 == sizeof(bytes))
			return -EPROTO;
		bytes[used++] = byte;
	}
	if (!used)
		return 0;
	return json_object_object_add(object, name,
				      json_object_new_string_len(bytes, used)) ?
	       -ENOMEM : 0;
}

static void restore_paths(struct json_object *files)
{
	for (size_t i = 0; i < length(files); i++)
		restore_bytes(json_object_array_get_idx(files, i), "path");
}

/* Set the title: "cat /etc/passwd", or "process 42". */
static void read_title(struct meta *meta)
{
	struct json_object *words = json_get_list(meta->object, "command");
	size_t count = length(words);
	char **command = calloc(count + 1, sizeof(*command));

	for (size_t i = 0; command && i < count; i++) {
		struct json_object *word = json_object_array_get_idx(words, i);

		command[i] = (char *)json_object_get_string(word);
		if (!command[i])
			break;
	}
	if (command)
		target_name(meta->title, sizeof(meta->title),
			    count ? command : NULL, &meta->pids);
	free(command);
}

static void read_pids(struct meta *meta)
{
	struct json_object *pids = json_get_list(meta->object, "pids");
	size_t count = length(pids);

	if (count > PIDS_MAX)
		count = PIDS_MAX;
	for (size_t i = 0; i < count; i++)
		meta->pids.list[meta->pids.count++] = json_object_get_int(
				json_object_array_get_idx(pids, i));
	if (!count && meta->pid)
		meta->pids = (struct pids){ { meta->pid }, 1 };
}

/* Compare two elements of "files" by inode number and device. */
static int by_inode(const void *a, const void *b)
{
	static const char *const members[] = { "ino", "dev" };

	for (int i = 0; i < 2; i++) {
		__u64 x = json_get_number(*(struct json_object *const *)a, members[i]);
		__u64 y = json_get_number(*(struct json_object *const *)b, members[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Sort the files, so that meta_file() can search them. */
static void read_files(struct json_object *files)
{
	restore_paths(files);
	if (files)
		json_object_array_sort(files, by_inode);
}

static struct memory_limit read_limit(struct json_object *limit)
{
	return (struct memory_limit){
		.cgroup = json_get_text(limit, "cgroup"),
		.file = json_get_text(limit, "file"),
		.bytes = json_get_number(limit, "bytes"),
		.hits = json_get_number(limit, "hits"),
	};
}

void meta_read(struct meta *meta, struct json_object *object)
{
	struct json_object *lost = json_get_list(object, "lost");

	*meta = (struct meta){
		.object = object,
		.pid = json_get_number(object, "pid"),
		.kernel = json_get_text(object, "kernel"),
		.page_bytes = json_get_number(object, "page_bytes"),
		.levels = json_get_number(object, "levels"),
		.dev = json_get_number(object, "dev"),
		.ino = json_get_number(object, "ino"),
		.max_map_count = json_get_number(object, "max_map_count"),
		.memory_bytes = json_get_number(object, "memory_bytes"),
		.thp = json_get_text(object, "thp"),
		.limit = read_limit(json_get(object, "memory_limit")),
		.missed = json_get_number(object, "missed"),
		.gaps = length(json_get_list(object, "gaps")),
	};
	for (size_t cpu = 0; cpu < length(lost); cpu++)
		meta->lost += json_object_get_uint64(
				json_object_array_get_idx(lost, cpu));
	read_pids(meta);
	read_title(meta);
	read_files(json_get_list(object, "files"));
}

static int read_maps(struct json_object *list, struct maps *maps)
{
	int err = 0;

	for (size_t i = 0; !err && i < length(list); i++) {
		struct json_object *object = json_object_array_get_idx(list, i);
		struct mapping mapping = {
			.start = json_get_number(object, "start"),
			.end = json_get_number(object, "end"),
			.offset = json_get_number(object, "offset"),
			.ino = json_get_number(object, "ino"),
			.dev = json_get_number(object, "dev"),
		};

		err = restore_bytes(object, "name");
		snprintf(mapping.name, sizeof(mapping.name), "%s",
			 json_get_text(object, "name"));
		if (!err)
			err = maps_set(maps, &mapping);
	}
	return err;
}

static int read_task(struct json_object *task,
		     int (*seed)(int tid, const struct maps *maps, bool hide,
				 void *data), void *data)
{
	bool hide = json_object_get_boolean(json_get(task, "hidden"));
	struct maps maps = { 0 };
	int err = read_maps(json_get_list(task, "maps"), &maps);

	if (!err)
		err = seed(json_get_number(task, "tid"), &maps, hide, data);
	maps_free(&maps);
	return err;
}

int meta_tasks(const struct meta *meta,
	       int (*seed)(int tid, const struct maps *maps, bool hide,
			   void *data),
	       int (*join)(int tid, int with, void *data), void *data)
{
	struct json_object *tasks = json_get_list(meta->object, "tasks");
	int err = 0;

	for (size_t i = 0; !err && i < length(tasks); i++) {
		struct json_object *task = json_object_array_get_idx(tasks, i);
		__u64 with = json_get_number(task, "with");

		err = with ? join(json_get_number(task, "tid"), with, data) :
			     read_task(task, seed, data);
	}
	return err;
}

const char *meta_gap(const struct meta *meta, size_t index)
{
	struct json_object *gap = json_object_array_get_idx(
			json_get_list(meta->object, "gaps"), index);

	return json_object_is_type(gap, json_type_string) ?
	       json_object_get_string(gap) : "";
}

bool meta_file(const struct meta *meta, __u32 dev, __u64 ino,
	       struct meta_file *file)
{
	struct json_object *files = json_get_list(meta->object, "files");
	struct json_object *key = json_object_new_object(), *found = NULL;

	key = json_add_number(key, "ino", ino);
	key = json_add_number(key, "dev", dev);
	if (files && key)
		found = json_object_array_bsearch(key, files, by_inode);
	json_object_put(key);
	if (!found)
		return false;
	file->path = json_get_text(found, "path");
	file->build_id = json_get_text(found, "build_id");
	return true;
}

/*
 * Skip EINPROGRESS. Older versions of this program recorded EINPROGRESS for a
 * function whose probe was attached, but not yet as a direct call.
 */
void meta_absent(const struct meta *meta,
		 void (*visit)(const char *function, const char *events,
			       int error, void *data), void *data)
{
	struct json_object *probes = json_get_list(meta->object, "probes");

	for (size_t i = 0; i < length(probes); i++) {
		struct json_object *probe = json_object_array_get_idx(probes,
								      i);
		struct json_object *events = json_get_list(probe, "events");
		const int error = json_get_number(probe, "error");
		char names[256] = "";
		size_t used = 0;

		if (!error || error == EINPROGRESS)
			continue;
		for (size_t k = 0; k < length(events); k++) {
			const char *name = json_object_get_string(
				json_object_array_get_idx(events, k));

			if (name && used < sizeof(names))
				used += snprintf(names + used,
						 sizeof(names) - used, "%s%s",
						 k ? ", " : "", name);
		}
		visit(json_get_text(probe, "function"), names, error, data);
	}
}
