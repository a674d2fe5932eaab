/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls: their begin and their end make one event. */
#ifndef _STOCK_CALL_H
#define _STOCK_CALL_H

#include "event/world.h"

/*
 * The task leaves the call it is in: @event becomes all that is known of it, if
 * possible as an event of the module. False: it was not seen to begin.
 */
bool stock_leave(struct event *event, struct task *task, struct space *space);

#endif /* _STOCK_CALL_H */
