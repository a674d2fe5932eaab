/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the summary of a recording, as text and as JSON. */
#ifndef _SUMMARY_TEXT_H
#define _SUMMARY_TEXT_H

#include "base/line.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "report/summary.h"

struct json_object;
struct printer;

/*
 * Write the whole summary. Tables show only the rows with the longest
 * durations. Return 0 or -errno. In this function and in the functions below,
 * @symbols may be NULL: code is then written without symbols.
 */
int summary_text(FILE *out, const struct style *style,
		 const struct summary *summary, const struct meta *meta,
		 struct symbols *symbols);

/* Print what a recording lacks. Each line is indented by @indent. */
void summary_losses(struct printer *printer, const struct meta *meta,
		    const char *indent);

/*
 * Print the tables of faults by class, file, VMA, instruction and caller.
 * Except for the classes, print only the rows with the longest durations.
 */
void summary_tables(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols);

/* Print the first @rows rows of the table of the makers of VMAs. */
void summary_makers(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols, size_t rows);

/*
 * Print the whole table of makers, after a line that says whether the limit on
 * the number of VMAs was reached.
 */
void summary_makers_all(struct printer *printer, const struct summary *summary,
			struct symbols *symbols);

/* Write all rows of one table. Return 0 or -errno. */
int summary_text_by(FILE *out, const struct style *style,
		    const struct summary *summary, enum summary_by by,
		    struct symbols *symbols);

/* Write the slowest faults. Return 0 or -errno. */
int summary_text_slowest(FILE *out, const struct style *style,
			 const struct summary *summary);

/* Write a fault or a failed merge as one line. Return 0 or -errno. */
int summary_line(FILE *out, const struct style *style,
		 struct replay *replay, const struct event *event,
		 const struct space *space);

/*
 * Write a fault or a merge as a line of JSON, with symbols for its call stack, and with
 * where the time of the fault went. Return 0 or -errno.
 */
int summary_json_event(FILE *out, struct replay *replay,
		       const struct event *event, const struct space *space);

/* Write the figures over time. Return 0 or -errno. */
int summary_text_timeline(FILE *out, const struct style *style,
			  const struct summary *summary);

/*
 * Return a new object with the members that come first in all JSON about
 * recordings: schema, version, program, kernel and title. Return NULL if there
 * is no memory.
 */
struct json_object *summary_json_header(const char *schema,
					const struct meta *meta);

/*
 * Add the members that say what a recording lacks: lost, missed, gaps and
 * absent. Return NULL if there is no memory.
 */
struct json_object *summary_json_losses(struct json_object *object,
					const struct meta *meta);

/*
 * Return the summary as JSON, with at most @rows rows per table. Return NULL if
 * there is no memory.
 */
struct json_object *summary_object(const struct summary *summary,
				   const struct meta *meta,
				   struct symbols *symbols, size_t rows);

/* Write the summary with all rows as one line of JSON. Return 0 or -errno. */
int summary_json(FILE *out, const struct summary *summary,
		 const struct meta *meta, struct symbols *symbols);

/*
 * summary_json_begin() writes the first line of JSON, which is a header.
 * summary_json_end() writes the last line, which contains the number of events
 * and what the recording lacks. Both functions return 0 or -errno.
 */
int summary_json_begin(FILE *out, const struct meta *meta);
int summary_json_end(FILE *out, const struct meta *meta, __u64 events);

#endif /* _SUMMARY_TEXT_H */
