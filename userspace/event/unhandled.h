/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that never reach handle_mm_fault(): nothing is mapped at the address,
 * or the access is not allowed. Their only event is the processor's exception.
 */
#ifndef _UNHANDLED_H
#define _UNHANDLED_H

#include "event/world.h"

/*
 * Return true if @event shows that the last fault of @task ended without
 * handle_mm_fault(). Then set @fault to the start of that fault, with the
 * signal that ended it, if any. If @event is the start of a fault, save it in
 * @task.
 */
bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault);

/* Return true if the signal was raised by a fault, not sent by a process. */
bool unhandled_signal(const struct event *event);

#endif /* _UNHANDLED_H */
