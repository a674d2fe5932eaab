/* SPDX-License-Identifier: GPL-2.0-only */
/* The limit on the number of VMAs, and the address space that had the most VMAs. */
#ifndef _LIMIT_H
#define _LIMIT_H

#include "base/line.h"
#include "report/summary.h"

struct printer;

/*
 * Return true if the maximum number of VMAs can be too low, because events are
 * missing.
 */
bool limit_incomplete(const struct summary *summary);

/* Return the process with the most VMAs, or 0 if this process is unknown. */
__u32 limit_pid(const struct summary *summary);

/*
 * Add @before and a text such as "process 42 cat". Add nothing if the process
 * is unknown.
 */
void limit_add_process(struct line *line, const struct summary *summary,
		       const char *before);

/*
 * Return ": reached", ": unknown whether the limit was reached", or "" if the
 * limit was not reached.
 */
const char *limit_reached(const struct summary *summary);

/*
 * Print whether the limit was reached, which process had the most VMAs, and why
 * the number of VMAs can be too low.
 */
void limit_text(struct printer *printer, const struct summary *summary);

#endif /* _LIMIT_H */
