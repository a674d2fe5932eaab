/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the time of a fault, as the HTML page shows them. */
#ifndef _WAITING_H
#define _WAITING_H

#include "event/fault_parts.h"

/* The parts on the page are those of enum fault_part, and two more. */
enum {
	WAIT_BEFORE = FAULT_PARTS,	/* slow_event.lock_before */
	WAIT_UNKNOWN,			/* time of which the part is not known */
	WAIT_PARTS
};

/* Return the duration of a part in ns, or -1 if it is not known. */
__s64 wait_part(const struct slow_event *slow, int part);

/* Return the largest part. */
int wait_largest(const struct slow_event *slow);

#endif /* _WAITING_H */
