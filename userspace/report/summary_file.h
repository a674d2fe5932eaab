/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording and what it comes to. */
#ifndef _DIGEST_FILE_H
#define _DIGEST_FILE_H

#include "base/progress.h"
#include "record/meta_read.h"
#include "record/symbols.h"
#include "record/trace_dat_read.h"
#include "report/summary.h"

/** struct digest_file - all 0 is a closed one; @progress: of reading it */
struct digest_file {
	struct recording recording;
	struct told told;
	struct digest digest;
	struct symbols symbols;
	struct progress progress;
};

/* What to do before the events, NULL: nothing, and with each of the subject. */
struct digest_visitor {
	int (*begin)(void *data);
	int (*event)(void *data, const struct event *event,
		     const struct space *space);
	void *data;
};

/*
 * Reads all of it; @visitor may be NULL. 0, -errno, or what the visitor
 * returned if that is not 0. The tables are not sorted.
 */
int digest_file_read(struct digest_file *file, const char *path,
		     const struct digest_visitor *visitor);

/* The words for an error. */
const char *digest_file_why(const struct digest_file *file, int err);

void digest_file_close(struct digest_file *file);

#endif /* _DIGEST_FILE_H */
