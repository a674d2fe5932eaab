/* SPDX-License-Identifier: GPL-2.0-only */
/* What mmapdemo top shows: for people, and for programs. */
#ifndef _TOP_TEXT_H
#define _TOP_TEXT_H

#include "base/line.h"
#include "inspect/top.h"

/* Two lines about all, and the names of the columns; then one for each. */
#define TOP_TEXT_HEAD 3

/*
 * With @idle also those that had faults before, or VMAs that had none at all.
 * The lines are in the order of @top->processes.list, or of @top->sorted.
 */
int top_text(FILE *out, const struct style *style, const struct top *top,
	     bool idle);

/* An object for each that had faults, and one of the interval. */
int top_json(FILE *out, const struct top *top);

#endif /* _TOP_TEXT_H */
