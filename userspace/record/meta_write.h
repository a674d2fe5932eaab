/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writer of the metadata of a recording. The metadata are one JSON object:
 *
 *	schema, version, program, kernel; command or pid, pids
 *	clock		"CLOCK_MONOTONIC"
 *	page_bytes, levels
 *	max_map_count	limit of VMAs per process
 *	memory_bytes	memory of the machine or of the cgroup
 *	thp		the THP setting
 *	dev, ino	device and inode numbers of /dev/mmapdemo, as in events
 *	tasks		initial tasks: tid, hidden, maps; or tid, with (the
 *			earlier task that has the same address space)
 *	probes		each: function, its events, error (errno; 0: observed)
 *	lost		for each processor, the number of events for which there
 *			was no room
 *	files		files whose code was mapped: dev, ino, path, build_id
 *	missed		number of calls that the probes could not observe
 *	gaps		sentences about other missing data
 *	memory_limit	the limit of a cgroup that was reached most often: cgroup,
 *			file, bytes, hits; absent if no limit was reached
 *
 * meta_machine.h describes the members about the machine.
 */
#ifndef _META_WRITE_H
#define _META_WRITE_H

#include "base/gaps.h"
#include "base/pids.h"
#include "event/maps.h"
#include "record/binaries.h"
#include "record/recorder.h"
#include "system/cgroup.h"

#include <stdbool.h>

#define META_SCHEMA "mmapdemo-recording"

struct json_object;

/**
 * struct meta_writer - metadata that are being written
 * @object: the JSON object; NULL: none
 * @tasks: the member "tasks" of @object
 * @hits: how often the memory limits were reached before the recording
 */
struct meta_writer {
	struct json_object *object;
	struct json_object *tasks;
	struct cgroup_hits hits;
};

/* Functions that return int return 0 or -ENOMEM. */
int meta_write_begin(struct meta_writer *about, char **command,
		     const struct pids *pids, int dev);

/*
 * Add an initial task with its mappings. If @hide is set, reports do not show
 * the task.
 */
int meta_write_task(struct meta_writer *about, int tid, const struct maps *maps,
		    bool hide);

/* Add an initial task that shares the address space of task @with. */
int meta_write_join(struct meta_writer *about, int tid, int with);

/* Add the state of each probe. Call this function while the probes are attached. */
int meta_write_probes(struct meta_writer *about, int dev);

int meta_write_files(struct meta_writer *about,
		     const struct binaries *binaries);

/* Return an upper bound of the size of the member "files" in JSON, in bytes. */
size_t meta_write_files_size(const struct binaries *binaries);

int meta_write_end(struct meta_writer *about, struct recorder *recorder,
		   const struct gaps *gaps);

/*
 * Return the JSON text, which is valid until meta_write_free(). Return NULL if
 * out of memory.
 */
const char *meta_write_text(struct meta_writer *about);
void meta_write_free(struct meta_writer *about);

#endif /* _META_WRITE_H */
