/* SPDX-License-Identifier: GPL-2.0-only */
/* A digest for people, and for programs. */
#ifndef _SUMMARY_TEXT_H
#define _SUMMARY_TEXT_H

#include "base/line.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "report/summary.h"

struct json_object;
struct printer;

/*
 * All of it, tables cut after the rows that took longest. 0 or -errno. Here and
 * below @symbols may be NULL: code is not named then.
 */
int summary_text(FILE *out, const struct style *style,
		 const struct summary *summary, const struct meta *meta,
		 struct symbols *symbols);

/* What a recording lacks, a line each, behind @indent. */
void summary_losses(struct printer *printer, const struct meta *meta,
		    const char *indent);

/* All tables of faults, cut. */
void summary_tables(struct printer *printer, const struct summary *summary,
		    struct symbols *symbols);

/* One table, whole. 0 or -errno. */
int summary_text_by(FILE *out, const struct style *style,
		    const struct summary *summary, enum summary_by by,
		    struct symbols *symbols);

/* A fault, or a merge that was refused, in one line. 0 or -errno. */
int summary_line(FILE *out, const struct style *style,
		 struct replay *replay, const struct event *event,
		 const struct space *space);

/* How it went over time. 0 or -errno. */
int summary_text_timeline(FILE *out, const struct style *style,
			  const struct summary *summary);

/*
 * Behind a name of code: what is there, as "  memset+0x12  memset.c:22"; where
 * the file was not found the build id by which others may find it.
 */
void summary_add_symbol(struct line *line, struct symbols *symbols,
			struct code code, bool call);

/* Was there a neighbour that the range was not merged with? */
bool summary_refused(const struct event *event);

/*
 * What JSON that comes from a recording begins with: of which program and kernel
 * it is, as it was recorded. NULL: no memory.
 */
struct json_object *summary_json_header(const char *schema,
					const struct meta *meta);

/* Appends what a recording lacks: lost, missed, gaps, absent. NULL: no memory. */
struct json_object *summary_json_losses(struct json_object *object,
					const struct meta *meta);

/* All of it as JSON, tables cut after so many rows. NULL: no memory. */
struct json_object *summary_object(const struct summary *summary,
				   const struct meta *meta,
				   struct symbols *symbols, size_t rows);

/* The same as one line, tables whole. 0 or -errno. */
int summary_json(FILE *out, const struct summary *summary,
		 const struct meta *meta, struct symbols *symbols);

/* Around the lines of events: what they are of; how many, and what was lost. */
int summary_json_begin(FILE *out, const struct meta *meta);
int summary_json_end(FILE *out, const struct meta *meta, __u64 events);

#endif /* _SUMMARY_TEXT_H */
