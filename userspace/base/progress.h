/* SPDX-License-Identifier: GPL-2.0-only */
/* Progress of a long operation, shown on a terminal. */
#ifndef _PROGRESS_H
#define _PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct progress - state of the display; all 0: nothing is shown
 * @wanted: progress is to be shown
 * @begin: when the operation began
 * @shown: when progress was last shown, 0: never
 */
struct progress {
	bool wanted;
	__u64 begin;
	__u64 shown;
};

/* Show progress if stderr is a terminal that can erase text. */
void progress_begin(struct progress *progress);

/* Show that @done of @whole is done. Cheap enough to be called often. */
void progress_show(struct progress *progress, __u64 done, __u64 whole);

/* Erase the display. */
void progress_end(struct progress *progress);

#endif /* _PROGRESS_H */
