/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording and its summary. */
#ifndef _SUMMARY_FILE_H
#define _SUMMARY_FILE_H

#include "record/replay.h"
#include "report/summary.h"

/**
 * struct summary_file - a recording and its summary; if zeroed, the file is
 * closed
 */
struct summary_file {
	struct replay replay;
	struct summary summary;
};

/* Callbacks for a replay_visitor whose @data points to a struct summary_file. */
int summary_file_begin(void *file);
int summary_file_event(void *file, const struct event *event,
		       const struct event *call, const struct scene *scene);

void summary_file_close(struct summary_file *file);

#endif /* _SUMMARY_FILE_H */
