// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/waiting.h"

/* Return the rest of the duration, of which no part is known. */
static __s64 unknown_ns(const struct slow_event *slow)
{
	__s64 ns = slow->duration;

	for (int part = 0; part < FAULT_PARTS; part++) {
		if (fault_part(slow, part) > 0)
			ns -= fault_part(slow, part);
	}
	return ns > 0 ? ns : 0;
}

__s64 wait_part(const struct slow_event *slow, int part)
{
	if (part == WAIT_UNKNOWN)
		return unknown_ns(slow);
	return part == WAIT_BEFORE ? slow->lock_before : fault_part(slow, part);
}

int wait_largest(const struct slow_event *slow)
{
	int largest = 0;

	for (int part = 1; part < WAIT_PARTS; part++) {
		if (wait_part(slow, part) > wait_part(slow, largest))
			largest = part;
	}
	return largest;
}
