// SPDX-License-Identifier: GPL-2.0-only
#include "record/meta_write.h"
#include "base/json.h"
#include "event/json.h"
#include "record/meta_machine.h"
#include "system/device.h"
#include "system/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <json.h>

static int done(const struct meta_writer *about)
{
	return about->object ? 0 : -ENOMEM;
}

int meta_write_begin(struct meta_writer *about, char **command,
		     const struct pids *pids, int dev)
{
	struct mmapdemo_info info = { 0 };
	struct json_object *object;
	struct stat st = { 0 };
	char thp[PROC_THP_MAX];

	cgroup_hits_read(&about->hits, pids->list[0] ?: getpid());
	if (dev >= 0 && dev_info(dev, &info))
		info.levels = 0;
	if (dev >= 0 && fstat(dev, &st))
		st.st_ino = 0;
	object = json_header(META_SCHEMA, command, pids->list[0]);
	object = json_add_pids(object, pids);
	object = json_add_text(object, "clock", "CLOCK_MONOTONIC");
	object = json_add_number(object, "page_bytes", sysconf(_SC_PAGESIZE));
	object = json_add_number(object, "levels", info.levels);
	object = json_add_number(object, "max_map_count",
				 proc_max_map_count());
	object = json_add_number(object, "memory_bytes",
				 cgroup_memory(&about->hits));
	object = json_add_text(object, "thp", proc_thp(thp));
	object = json_add_number(object, "dev", major(st.st_dev) << 20 |
				 minor(st.st_dev));
	object = json_add_number(object, "ino", st.st_ino);
	object = meta_machine_add(object);
	about->tasks = json_object_new_array();
	about->object = json_add_object(object, "tasks", about->tasks);
	return done(about);
}

static struct json_object *mapping_object(const struct mapping *mapping)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "start", mapping->start);
	object = json_add_number(object, "end", mapping->end);
	object = json_add_number(object, "offset", mapping->offset);
	object = json_add_number(object, "dev", mapping->dev);
	object = json_add_number(object, "ino", mapping->ino);
	return json_add_text(object, "name", mapping->name);
}

static struct json_object *maps_array(const struct maps *maps)
{
	struct json_object *list = json_object_new_array();
	const struct mapping *mapping = maps_after(maps, 0);

	for (; mapping; mapping = maps_after(maps, mapping->end))
		list = json_append(list, mapping_object(mapping));
	return list;
}

int meta_write_task(struct meta_writer *about, int tid, const struct maps *maps,
		    bool hide)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "tid", tid);
	object = json_add_object(object, "hidden",
				 json_object_new_boolean(hide));
	object = json_add_object(object, "maps", maps_array(maps));
	if (object && !json_object_array_add(about->tasks, object))
		return 0;
	json_object_put(object);
	return -ENOMEM;
}

int meta_write_join(struct meta_writer *about, int tid, int with)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "tid", tid);
	object = json_add_number(object, "with", with);
	if (object && !json_object_array_add(about->tasks, object))
		return 0;
	json_object_put(object);
	return -ENOMEM;
}

static struct json_object *probe_object(const struct mmapdemo_probe *probe)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "function", probe->symbol);
	object = json_add_events(object, probe->events);
	return json_add_number(object, "error", dev_unobserved(probe));
}

int meta_write_probes(struct meta_writer *about, int dev)
{
	struct json_object *list = json_object_new_array();
	struct mmapdemo_probe probe;
	struct mmapdemo_info info;

	if (dev < 0 || dev_info(dev, &info))
		info.probes = 0;
	for (__u32 i = 0; i < info.probes; i++) {
		if (!dev_probe(dev, i, &probe))
			list = json_append(list, probe_object(&probe));
	}
	about->object = json_add_object(about->object, "probes", list);
	return done(about);
}

static struct json_object *file_object(const struct binary *binary)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "dev", binary->dev);
	object = json_add_number(object, "ino", binary->ino);
	object = json_add_text(object, "path", binary->path);
	return json_add_text(object, "build_id", binary->build_id);
}

/* Each byte of a path may be escaped, and may appear again in hexadecimal. */
size_t meta_write_files_size(const struct binaries *binaries)
{
	size_t size = 0;

	for (size_t i = 0; i < binaries->count; i++)
		size += 128 + BUILD_ID_MAX +
			10 * strlen(binaries->list[i].path);
	return size;
}

int meta_write_files(struct meta_writer *about, const struct binaries *binaries)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < binaries->count; i++)
		list = json_append(list, file_object(&binaries->list[i]));
	about->object = json_add_object(about->object, "files", list);
	return done(about);
}

/* Write the limit of the cgroup that was reached during the recording. */
static void write_limit(struct meta_writer *about)
{
	struct json_object *object;
	struct cgroup_limit limit;

	if (!cgroup_limit_since(&about->hits, &limit))
		return;
	object = json_object_new_object();
	object = json_add_text(object, "cgroup", limit.path);
	object = json_add_text(object, "file", limit.file);
	object = json_add_number(object, "bytes", limit.bytes);
	object = json_add_number(object, "hits", limit.hits);
	about->object = json_add_object(about->object, "memory_limit", object);
}

int meta_write_end(struct meta_writer *about, struct recorder *recorder,
		   const struct gaps *gaps)
{
	struct json_object *list = json_object_new_array();

	for (int cpu = 0; cpu < recorder->stream.cpus; cpu++)
		list = json_append(list, json_object_new_uint64(
			instance_lost_on(&recorder->instance, cpu) +
			instance_unread_on(&recorder->instance, cpu)));
	about->object = json_add_object(about->object, "lost", list);
	about->object = json_add_number(about->object, "missed",
					recorder_missed(recorder));
	about->object = json_add_gaps(about->object, gaps);
	write_limit(about);
	return done(about);
}

const char *meta_write_text(struct meta_writer *about)
{
	return json_object_to_json_string_ext(about->object,
					      JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
}

void meta_write_free(struct meta_writer *about)
{
	json_object_put(about->object);
	*about = (struct meta_writer){ 0 };
}
