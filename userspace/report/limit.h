/* SPDX-License-Identifier: GPL-2.0-only */
/* The limit of VMAs, and the address space that had the most of them. */
#ifndef _LIMIT_H
#define _LIMIT_H

#include "base/line.h"
#include "report/summary.h"

struct printer;

/* Return true if the maxima can be too low, because events are missing. */
bool limit_incomplete(const struct summary *summary);

/* Return the process with the most VMAs, 0: unknown. */
__u32 limit_pid(const struct summary *summary);

/* Add @before and "process 42 cat"; nothing if the process is unknown. */
void limit_add_process(struct line *line, const struct summary *summary,
		       const char *before);

/* Return ": reached", ": unknown whether reached", or "" if it was not. */
const char *limit_reached(const struct summary *summary);

/* Print whether the limit was reached, by which process, and what is unknown. */
void limit_text(struct printer *printer, const struct summary *summary);

#endif /* _LIMIT_H */
