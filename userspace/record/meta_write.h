/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a recording says beside its events, so that a report needs nothing else:
 * one object of JSON.
 *
 *	schema, version, program, kernel; command or pid
 *	clock		"CLOCK_MONOTONIC"
 *	page_bytes, levels
 *	max_map_count	how many VMAs a process may have
 *	dev, ino	of /dev/mmapdemo, as in events
 *	tasks		there from the begin: tid, hidden, maps; or tid, with: it
 *			shares the address space of that task before it
 *	probes		each: function, its events, error (errno; 0: observed)
 *	lost		for each processor, events without room in the buffer
 *	files		those whose code was mapped: dev, ino, path, build_id
 *	missed		calls that the probes could not observe
 *	gaps		what else is missing: sentences
 */
#ifndef _META_WRITE_H
#define _META_WRITE_H

#include "base/gaps.h"
#include "base/pids.h"
#include "event/maps.h"
#include "record/binaries.h"
#include "record/recorder.h"

#include <stdbool.h>

#define META_SCHEMA "mmapdemo-recording"

struct json_object;

/** struct meta_writer - being made: @object has it all but @tasks; NULL: empty */
struct meta_writer {
	struct json_object *object;
	struct json_object *tasks;
};

/* All return 0 or -ENOMEM. */
int meta_write_begin(struct meta_writer *about, char **command,
		     const struct pids *pids, int dev);

/* A task that is there, where @maps are mapped; not shown if @hide. */
int meta_write_task(struct meta_writer *about, int tid, const struct maps *maps,
		    bool hide);

/* A task that shares the address space of another one, which is there. */
int meta_write_join(struct meta_writer *about, int tid, int with);

/* While probes are attached: are they? */
int meta_write_probes(struct meta_writer *about, int dev);

int meta_write_files(struct meta_writer *about,
		     const struct binaries *binaries);

/* They take no more bytes than that. */
size_t meta_write_files_size(const struct binaries *binaries);

int meta_write_end(struct meta_writer *about, struct recorder *recorder,
		   const struct gaps *gaps);

/* As text, valid until meta_write_free(); NULL: no memory. */
const char *meta_write_text(struct meta_writer *about);
void meta_write_free(struct meta_writer *about);

#endif /* _META_WRITE_H */
