/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tasks: those that the kernel saved, and those from exec and fork. */
#ifndef _COMMS_H
#define _COMMS_H

#include "event/event.h"

#define COMM_MAX 16

/** struct comms - a tree of names, sorted by task; all 0: empty */
struct comms {
	void *tree;
};

/* Parse lines "TID NAME". A line without a number continues the last name. */
int comms_read(struct comms *comms, const char *text);

/*
 * Name a task that the kernel did not name: at exec by the program, at fork by the
 * parent.
 */
int comms_event(struct comms *comms, const struct event *event);

/* Before the first event: task @tid is a thread of process @pid. 0 or -ENOMEM. */
int comms_join(struct comms *comms, __u32 tid, __u32 pid);

/* Return the process of a task: the task itself if no other is known. */
__u32 comms_process(const struct comms *comms, __u32 tid);

/* Return the name of a task, or "" if it is unknown. */
const char *comms_name(const struct comms *comms, __u32 tid);

void comms_free(struct comms *comms);

#endif /* _COMMS_H */
