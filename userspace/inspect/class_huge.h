/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of first touches of 2 MiB, by the reason why a huge page was mapped or not:
 * sums and differences, and output as text and as JSON.
 */
#ifndef _CLASS_HUGE_H
#define _CLASS_HUGE_H

#include "base/printer.h"
#include "mmapdemo.h"

struct json_object;

void class_huge_add(struct mmapdemo_faults *sum, const struct mmapdemo_faults *faults);
void class_huge_subtract(struct mmapdemo_faults *faults,
			 const struct mmapdemo_faults *before);

/* Print a line for each reason, most touches first. Without touches, print nothing. */
void class_huge_table(struct printer *printer, const struct mmapdemo_faults *faults);

/*
 * Add the array "first_touches" to a JSON object, unless the counter does not count them.
 * If there is no memory, free @object and return NULL.
 */
struct json_object *class_huge_json(struct json_object *object,
				    const struct mmapdemo_faults *faults);

#endif /* _CLASS_HUGE_H */
