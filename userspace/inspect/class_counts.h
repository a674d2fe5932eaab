/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the module's counts of faults, as text and as JSON. */
#ifndef _CLASS_COUNTS_H
#define _CLASS_COUNTS_H

#include "base/line.h"
#include "mmapdemo.h"
#include "system/workload.h"

/* Functions that return int return 0 or -errno. */

/*
 * Print a line for each class that has faults, sorted by total duration,
 * longest first. After these lines, print the sum of all classes.
 */
int class_counts_table(FILE *out, const struct style *style,
		       const struct mmapdemo_faults *faults);

/*
 * Write an object for each class that has faults, and an object of the kind
 * @event for the sum. @unobserved is the reason why some faults were not
 * observed, or NULL. @command is the command that has ended, or NULL.
 */
int class_counts_json(FILE *out, const char *event,
		const struct mmapdemo_faults *faults, const char *unobserved,
		const struct workload *command);

/* Return the sum of all known durations, in ns. */
__u64 class_counts_ns(const struct mmapdemo_faults *faults);

/*
 * Compute the difference between two snapshots of the counts. The member max of
 * a class is set only if a fault after @before was longer than all earlier
 * faults of this class. Otherwise, max is 0, which means unknown.
 */
void class_counts_between(struct mmapdemo_faults *between,
			  const struct mmapdemo_faults *before,
			  const struct mmapdemo_faults *after);

/*
 * Add the counts @faults of another counter to @sum. The member missed is not
 * added, because it is the same in all counters.
 */
void class_counts_add(struct mmapdemo_faults *sum,
		      const struct mmapdemo_faults *faults);

#endif /* _CLASS_COUNTS_H */
