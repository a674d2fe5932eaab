/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of mmapdemo top, as text and as JSON. */
#ifndef _TOP_TEXT_H
#define _TOP_TEXT_H

#include "base/line.h"
#include "inspect/top.h"

/* Lines above the list: two lines of summary, and the column headings. */
#define TOP_TEXT_HEAD 3

/*
 * Print a line for each process or VMA with faults in the last interval, in the
 * order of @top->processes.list or @top->sorted. If @idle is set, also print
 * processes that had faults earlier, and VMAs without faults. If events are not
 * available, print all VMAs. Return 0 or -errno.
 */
int top_text(FILE *out, const struct style *style, const struct top *top,
	     bool idle);

/*
 * Write a JSON object for each process or VMA with faults in the last interval,
 * and a JSON object for the interval. Return 0 or -errno.
 */
int top_json(FILE *out, const struct top *top);

#endif /* _TOP_TEXT_H */
