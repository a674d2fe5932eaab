/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tasks: what the kernel kept of them, and what exec and fork tell. */
#ifndef _COMMS_H
#define _COMMS_H

#include "event/event.h"

#define COMM_MAX 16

/** struct comms - a tree of names, by task; all 0 is an empty one */
struct comms {
	void *tree;
};

/* Lines of "TID NAME"; a line without a number goes on with the name before. */
int comms_read(struct comms *comms, const char *text);

/* A program has a name, a child that of its parent: unless it is known. */
int comms_event(struct comms *comms, const struct event *event);

/* "" if it is not known. */
const char *comms_name(const struct comms *comms, __u32 tid);

void comms_free(struct comms *comms);

#endif /* _COMMS_H */
