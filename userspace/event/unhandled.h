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
 * If @event shows that the last fault of @task ended without handle_mm_fault(),
 * return true, and fill in @fault: the start of that fault, as EVENT_TOUCH or
 * EVENT_KERNEL_TOUCH, and the signal that ended that fault, if there was a signal. If
 * @event is the start of a fault, save @event in @task.
 */
bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault);

/* Return true if the signal was raised by a fault, not sent by a process. */
bool unhandled_signal(const struct event *event);

#endif /* _UNHANDLED_H */
