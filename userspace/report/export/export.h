/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a recording in the formats of other programs. All functions of
 * this and the formats return 0 or -errno.
 */
#ifndef _EXPORT_H
#define _EXPORT_H

#include "event/comms.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "report/summary.h"

#include <stdio.h>

/**
 * struct export - being written
 * @format: in which
 * @out: where to
 * @meta: what the recording says of itself
 * @summary: what the events so far come to
 * @symbols: names of code
 * @comms: names of the tasks
 * @data: the format's own; all 0 at the begin
 */
struct export {
	const struct export_format *format;
	FILE *out;
	const struct meta *meta;
	const struct summary *summary;
	struct symbols *symbols;
	struct comms comms;
	void *data;
};

/**
 * struct export_format - how to write
 * @name: of the format
 * @binary: nothing for a terminal
 * @data_size: of what @begin finds in @data
 * @begin: before the first event, or NULL
 * @event: of the subject, in the order of their time; in @space, or NULL
 * @end: after the last one; the digest is whole
 * @free: what @data holds, or NULL; also after an error
 */
struct export_format {
	const char *name;
	bool binary;
	size_t data_size;
	int (*begin)(struct export *export);
	int (*event)(struct export *export, const struct event *event,
		     const struct space *space);
	int (*end)(struct export *export);
	void (*free)(struct export *export);
};

extern const struct export_format export_csv;
extern const struct export_format export_folded;
extern const struct export_format export_chrome;
extern const struct export_format export_perfetto;
extern const struct export_format export_openmetrics;

/* By their numbers, from 0 on; NULL: there are no more. */
const struct export_format *export_format(int number);

/* @names: lines of "TID NAME" */
int export_begin(struct export *export, const char *names);
int export_event(struct export *export, const struct event *event,
		 const struct space *space);
int export_end(struct export *export);
void export_free(struct export *export);

/* ---- for the formats ---- */

/* Enough for every field, and for a name with every byte as \ooo. */
#define EXPORT_TEXT_MAX 640

/*
 * A field as text: addresses in hexadecimal, values and flags by name, these
 * with | between, names as of format_name(). True if it is a decimal number.
 */
bool export_field(const struct field *field, const struct event *event,
		  char text[EXPORT_TEXT_MAX]);

#endif /* _EXPORT_H */
