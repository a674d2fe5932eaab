/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the module's counts of faults, as text and as JSON. */
#ifndef _CLASS_COUNTS_H
#define _CLASS_COUNTS_H

#include "base/line.h"
#include "mmapdemo.h"
#include "system/workload.h"

/* Functions that return int return 0 or -errno. */

/*
 * Print a line for each class that has faults, longest total duration first,
 * then a line for the sum of all classes. Then print where the time went, see
 * class_parts_table(), and first touches, see class_huge_table().
 */
int class_counts_table(FILE *out, const struct style *style,
		       const struct mmapdemo_faults *faults);

/*
 * Write a JSON object for each class that has faults, then a JSON object for the
 * sum of all classes. @event is the value of "event" in the last object.
 * @unobserved is the reason why faults may be missing, or NULL if no faults are
 * missing. @command is a command that has ended, or NULL if there is none.
 */
int class_counts_json(FILE *out, const char *event,
		const struct mmapdemo_faults *faults, const char *unobserved,
		const struct workload *command);

/* Return the sum of all known durations, in ns. */
__u64 class_counts_ns(const struct mmapdemo_faults *faults);

/*
 * Compute the difference between two snapshots of the counts. If no fault after
 * @before was longer than all earlier faults of its class, max of the class is
 * set to 0, which means unknown.
 */
void class_counts_between(struct mmapdemo_faults *between,
			  const struct mmapdemo_faults *before,
			  const struct mmapdemo_faults *after);

/*
 * Add @faults, the counts of another counter, to @sum. Do not add missed calls,
 * because each counter counts the missed calls of all processes.
 */
void class_counts_add(struct mmapdemo_faults *sum,
		      const struct mmapdemo_faults *faults);

#endif /* _CLASS_COUNTS_H */
