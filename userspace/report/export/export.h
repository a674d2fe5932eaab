/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Export of a recording's events to the formats of other programs. Functions
 * that return int, and the callbacks of the formats, return 0 or -errno.
 */
#ifndef _EXPORT_H
#define _EXPORT_H

#include "event/comms.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "report/summary.h"

#include <stdio.h>

/**
 * struct export - an export that is being written
 * @format: format of the output
 * @out: file to which the export is written
 * @meta: metadata of the recording
 * @summary: summary of the events so far
 * @symbols: symbols of code
 * @world: tasks and address spaces
 * @comms: names of the tasks
 * @data: private data of the format, initially zeroed
 */
struct export {
	const struct export_format *format;
	FILE *out;
	const struct meta *meta;
	const struct summary *summary;
	struct symbols *symbols;
	const struct world *world;
	struct comms comms;
	void *data;
};

/**
 * struct export_format - an export format
 * @name: name of the format
 * @binary: the output is not suitable for a terminal
 * @figures: the format writes figures from the summary instead of events
 * @data_size: size of export.data, in bytes
 * @begin: called before the first event; may be NULL. Returns -ENODATA if the
 *	recording has no fault_time events, and the format needs them
 * @event: called for each event of the target, in chronological order; @space
 *	is the address space of the event, or NULL
 * @end: called after the last event; if @figures is set, export.summary is
 *	complete by then
 * @free: frees the contents of export.data, also after an error; may be NULL
 */
struct export_format {
	const char *name;
	bool binary;
	bool figures;
	size_t data_size;
	int (*begin)(struct export *export);
	int (*event)(struct export *export, const struct event *event,
		     const struct space *space);
	int (*end)(struct export *export);
	void (*free)(struct export *export);
};

extern const struct export_format export_csv;
extern const struct export_format export_folded;
extern const struct export_format export_folded_waits;
extern const struct export_format export_chrome;
extern const struct export_format export_perfetto;
extern const struct export_format export_openmetrics;

/* Return format @number. Numbers start at 0. Return NULL after the last format. */
const struct export_format *export_format(int number);

/* Begin an export. @names contains lines of the form "TID NAME". */
int export_begin(struct export *export, const char *names);
int export_event(struct export *export, const struct event *event,
		 const struct space *space);
int export_end(struct export *export);
void export_free(struct export *export);

/* ---- for the formats ---- */

/*
 * Size of a buffer that is large enough for any field, even for a name in which
 * every byte is written as \ooo.
 */
#define EXPORT_TEXT_MAX 640

/*
 * Write a field as text. Addresses are written in hexadecimal. Values and flags
 * are written by name, with | between flags. Strings are escaped by
 * format_name(). Return true if the text is a decimal number.
 */
bool export_field(const struct field *field, const struct event *event,
		  char text[EXPORT_TEXT_MAX]);

#endif /* _EXPORT_H */
