/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that handle_mm_fault() never sees: nothing is mapped at the address, or
 * the access is not allowed. The processor's exception is their only event.
 */
#ifndef _UNHANDLED_H
#define _UNHANDLED_H

#include "event/world.h"

/*
 * Return true if @event shows that handle_mm_fault() never saw the fault that @task
 * began. @fault becomes the start of this fault, with the signal that ended it, if any.
 * If @event is the start of another fault, this start is kept in @task.
 */
bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault);

/* Return true if the signal is that of a fault, not one that a process sent. */
bool unhandled_signal(const struct event *event);

#endif /* _UNHANDLED_H */
