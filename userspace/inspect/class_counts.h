/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the module's counts of faults, as text and as JSON. */
#ifndef _CLASS_COUNTS_H
#define _CLASS_COUNTS_H

#include "base/line.h"
#include "mmapdemo.h"
#include "system/workload.h"

/* Functions that return int return 0 or -errno. */

/* Print a line for each class with faults, longest total first; and the sum. */
int class_counts_table(FILE *out, const struct style *style,
		       const struct mmapdemo_faults *faults);

/*
 * Write an object for each class with faults, and one for the sum as @event.
 * @unobserved says why some faults were not observed; may be NULL. @command: the
 * command that has ended; NULL: none has.
 */
int class_counts_json(FILE *out, const char *event,
		const struct mmapdemo_faults *faults, const char *unobserved,
		const struct workload *command);

/* Return the sum of all known durations, in ns. */
__u64 class_counts_ns(const struct mmapdemo_faults *faults);

/*
 * Compute the counts between two snapshots. The longest fault of a class is
 * known only if it is longer than all earlier faults. Otherwise, max is 0.
 */
void class_counts_between(struct mmapdemo_faults *between,
			  const struct mmapdemo_faults *before,
			  const struct mmapdemo_faults *after);

/* Add the counts of another counter. All counters have the same @missed. */
void class_counts_add(struct mmapdemo_faults *sum,
		      const struct mmapdemo_faults *faults);

#endif /* _CLASS_COUNTS_H */
