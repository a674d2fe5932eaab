/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the time of counted faults: sums and differences, and output as text
 * and as JSON.
 */
#ifndef _CLASS_PARTS_H
#define _CLASS_PARTS_H

#include "base/printer.h"
#include "mmapdemo.h"

struct json_object;

void class_parts_add(struct mmapdemo_parts *sum, const struct mmapdemo_parts *parts);

/*
 * Subtract @before. The kernel counts the parts of a fault a little later than the
 * fault, so the rest, MMAPDEMO_PART_WORK, can decrease. Then, the difference is 0.
 */
void class_parts_subtract(struct mmapdemo_parts *parts,
			  const struct mmapdemo_parts *before);

/*
 * Print where the time went: a line for each class in @order that waited or reclaimed
 * memory, and a line for the sum of all classes. If this was less than 1 % of the
 * time, print no table. Also print how long tasks waited before the faults.
 */
void class_parts_table(struct printer *printer, const struct mmapdemo_faults *faults,
		       const int *order, int count);

/*
 * Add the known parts of one class to a JSON object, or the sum of all classes and the
 * names of the parts that are not known. If the module does not count the parts, add
 * nothing. If there is no memory, free @object and return NULL.
 */
struct json_object *class_parts_json(struct json_object *object,
				     const struct mmapdemo_faults *faults,
				     __u32 class);
struct json_object *class_parts_json_all(struct json_object *object,
					 const struct mmapdemo_faults *faults);

#endif /* _CLASS_PARTS_H */
