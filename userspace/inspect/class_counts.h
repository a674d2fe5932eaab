/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counted of faults, for people and for programs. */
#ifndef _CLASS_COUNTS_H
#define _CLASS_COUNTS_H

#include "base/line.h"
#include "mmapdemo.h"

/* All functions return 0 or -errno. */

/* A line for each class that there was, the longest in all first; their sum. */
int class_counts_table(FILE *out, const struct style *style,
		       const struct mmapdemo_faults *faults);

/*
 * An object for each class that there was, and one for @event: all of them, with
 * why not all were observed, or NULL.
 */
int class_counts_json(FILE *out, const char *event,
		const struct mmapdemo_faults *faults, const char *unobserved);

/*
 * What came between two snapshots. Of a class's longest only that is known which
 * is longer than all before: else its max is 0.
 */
void class_counts_between(struct mmapdemo_faults *between,
			  const struct mmapdemo_faults *before,
			  const struct mmapdemo_faults *after);

/* Adds what another counter counted. Calls missed are missed by all of them. */
void class_counts_add(struct mmapdemo_faults *sum,
		      const struct mmapdemo_faults *faults);

#endif /* _CLASS_COUNTS_H */
