/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording and what it comes to. */
#ifndef _DIGEST_FILE_H
#define _DIGEST_FILE_H

#include "base/progress.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "record/trace_dat_read.h"
#include "report/summary.h"

/** struct summary_file - all 0 is a closed one; @progress: of reading it */
struct summary_file {
	struct trace_dat recording;
	struct meta meta;
	struct summary summary;
	struct symbols symbols;
	struct progress progress;
};

/* What to do before the events, NULL: nothing, and with each of the subject. */
struct summary_visitor {
	int (*begin)(void *data);
	int (*event)(void *data, const struct event *event,
		     const struct space *space);
	void *data;
};

/*
 * Reads all of it; @visitor may be NULL. 0, -errno, or what the visitor
 * returned if that is not 0. The tables are not sorted.
 */
int summary_file_read(struct summary_file *file, const char *path,
		      const struct summary_visitor *visitor);

/* The words for an error. */
const char *summary_file_why(const struct summary_file *file, int err);

void summary_file_close(struct summary_file *file);

#endif /* _DIGEST_FILE_H */
