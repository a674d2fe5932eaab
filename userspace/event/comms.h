/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tasks: those saved by the kernel, and those from exec and fork events. */
#ifndef _COMMS_H
#define _COMMS_H

#include "event/event.h"

#define COMM_MAX 16

/** struct comms - a tree of names, by task; all 0: empty */
struct comms {
	void *tree;
};

/* Read lines of "TID NAME". A line without a number continues the previous name. */
int comms_read(struct comms *comms, const char *text);

/* Name a task without a name: after the program at exec, after the parent at fork. */
int comms_event(struct comms *comms, const struct event *event);

/* Return the name of a task, or "" if it is unknown. */
const char *comms_name(const struct comms *comms, __u32 tid);

void comms_free(struct comms *comms);

#endif /* _COMMS_H */
