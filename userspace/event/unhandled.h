/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that handle_mm_fault() never sees: nothing is mapped at the address, or
 * the access is not allowed. The processor's exception is their only event.
 */
#ifndef _UNHANDLED_H
#define _UNHANDLED_H

#include "event/world.h"

/*
 * True if @event shows that the fault which @task began is one of them: @fault
 * becomes its begin, with the signal that it ended with, if it did. If @event is
 * the begin of another fault, that one is kept in @task.
 */
bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault);

/* Is the signal that of a fault, and not one that a process sent? */
bool unhandled_signal(const struct event *event);

#endif /* _UNHANDLED_H */
