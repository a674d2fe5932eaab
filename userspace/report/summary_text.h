/* SPDX-License-Identifier: GPL-2.0-only */
/* Summary of a recording as text and as JSON. */
#ifndef _SUMMARY_TEXT_H
#define _SUMMARY_TEXT_H

#include "base/line.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "report/summary.h"

struct json_object;
struct printer;

/*
 * Write the whole summary. Tables are cut after the rows that took longest.
 * Return 0 or -errno. Here and below @symbols may be NULL: code has no names
 * then.
 */
int summary_text(FILE *out, const struct style *style,
		 const struct summary *summary, const struct meta *meta,
		 struct symbols *symbols);

/* Print what a recording lacks, one line for each loss, indented by @indent. */
void summary_losses(struct printer *printer, const struct meta *meta,
		    const char *indent);

/* Print all tables of faults, cut after the rows that took longest. */
void summary_tables(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols);

/* Print the table of the makers of VMAs, cut after @rows rows. */
void summary_makers(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols, size_t rows);

/* Print the whole table, after a line that says whether the limit was reached. */
void summary_makers_all(struct printer *printer, const struct summary *summary,
			struct symbols *symbols);

/* Write one table with all its rows. Return 0 or -errno. */
int summary_text_by(FILE *out, const struct style *style,
		    const struct summary *summary, enum summary_by by,
		    struct symbols *symbols);

/* Write a fault or a refused merge in one line. Return 0 or -errno. */
int summary_line(FILE *out, const struct style *style,
		 struct replay *replay, const struct event *event,
		 const struct space *space);

/*
 * Write a fault or a merge as a line of JSON, with names of the code in its stack.
 * Return 0 or -errno.
 */
int summary_json_event(FILE *out, struct symbols *symbols,
		       const struct event *event, const struct space *space);

/* Write the figures over time. Return 0 or -errno. */
int summary_text_timeline(FILE *out, const struct style *style,
			  const struct summary *summary);

/*
 * Add the symbol and the source line after a name of code:
 * "  memset+0x12  memset.c:22". If the file was not found, add its build id, by
 * which the file may be found on another machine.
 */
void summary_add_symbol(struct line *line, struct symbols *symbols,
			struct code code, bool call);

/*
 * Return a new object with the members with which all JSON from a recording begins:
 * schema, program, kernel and title. NULL: no memory.
 */
struct json_object *summary_json_header(const char *schema,
					const struct meta *meta);

/* Add what a recording lacks: lost, missed, gaps, absent. NULL: no memory. */
struct json_object *summary_json_losses(struct json_object *object,
					const struct meta *meta);

/* Add the symbol, source line and build id of code, if known. NULL: no memory. */
struct json_object *summary_json_symbol(struct json_object *object,
					struct symbols *symbols,
					struct code code, bool call);

/* Return the summary as JSON, tables cut after @rows rows. NULL: no memory. */
struct json_object *summary_object(const struct summary *summary,
				   const struct meta *meta,
				   struct symbols *symbols, size_t rows);

/* Write the summary as one line of JSON, with whole tables. 0 or -errno. */
int summary_json(FILE *out, const struct summary *summary,
		 const struct meta *meta, struct symbols *symbols);

/*
 * Write the JSON lines before and after the lines of events: a header, and the
 * number of events and losses. Return 0 or -errno.
 */
int summary_json_begin(FILE *out, const struct meta *meta);
int summary_json_end(FILE *out, const struct meta *meta, __u64 events);

#endif /* _SUMMARY_TEXT_H */
