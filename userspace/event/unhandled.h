/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that never reach handle_mm_fault(), because nothing is mapped at the
 * address, or the access is not allowed. The only event of such a fault is
 * fault_signal or, in recordings of older versions, reports the processor's exception.
 */
#ifndef _UNHANDLED_H
#define _UNHANDLED_H

#include "event/world.h"

/*
 * Fill in @faults with the faults of @task of which @event shows that they ended without
 * handle_mm_fault(): the start of each fault, as EVENT_TOUCH or EVENT_KERNEL_TOUCH, and
 * the signal that ended that fault, if there was a signal. Return their number. If
 * @event is the start of a fault, save @event in @task.
 */
size_t unhandled_faults(struct task *task, const struct event *event,
			struct event faults[2]);

/* Return true if the signal was raised by a fault, not sent by a process. */
bool unhandled_signal(const struct event *event);

#endif /* _UNHANDLED_H */
