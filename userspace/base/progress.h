/* SPDX-License-Identifier: GPL-2.0-only */
/* Display of the progress of a long operation on a terminal. */
#ifndef _PROGRESS_H
#define _PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct progress - state of the display; a zeroed struct shows nothing
 * @wanted: show the progress
 * @begin: time when the operation began
 * @shown: time when the progress was last shown; 0: never
 */
struct progress {
	bool wanted;
	__u64 begin;
	__u64 shown;
};

/* Begin to show the progress if stderr is a terminal that can erase text. */
void progress_begin(struct progress *progress);

/*
 * Show that the part @done of @whole is done, and estimate the time that the rest
 * will take. The display changes at most five times a second.
 */
void progress_show(struct progress *progress, __u64 done, __u64 whole);

/* Erase the displayed progress. */
void progress_end(struct progress *progress);

#endif /* _PROGRESS_H */
