/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a long work is, on a terminal. */
#ifndef _PROGRESS_H
#define _PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct progress - all 0 is one that is not told
 * @wanted: to be told
 * @begin: when the work began
 * @shown: when it was told last, 0: not yet
 */
struct progress {
	bool wanted;
	__u64 begin;
	__u64 shown;
};

/* Wanted if stderr is a terminal that can erase it again. */
void progress_begin(struct progress *progress);

/* So much of @whole is done. Can be called often. */
void progress_show(struct progress *progress, __u64 done, __u64 whole);

/* Erases it. */
void progress_end(struct progress *progress);

#endif /* _PROGRESS_H */
