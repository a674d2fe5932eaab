/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names and processes of tasks. A name comes from the kernel's list of names
 * (saved_cmdlines in tracefs), or from an exec or fork event.
 */
#ifndef _COMMS_H
#define _COMMS_H

#include "event/event.h"

#define COMM_MAX 16

/** struct comms - a tree of names, sorted by task; a zeroed tree is empty */
struct comms {
	void *tree;
};

/*
 * Parse lines of the form "TID NAME". A line that does not begin with a number
 * continues the name in the line above.
 */
int comms_read(struct comms *comms, const char *text);

/*
 * Use an exec or fork event to name a task that is not in the kernel's list. At
 * exec, the task gets the name of the program. At fork, the child gets the name
 * of its parent. Return 0 or -ENOMEM.
 */
int comms_event(struct comms *comms, const struct event *event);

/* Record that task @tid is a thread of process @pid. Return 0 or -ENOMEM. */
int comms_join(struct comms *comms, __u32 tid, __u32 pid);

/* Return the process ID of a task. If the process is unknown, return @tid. */
__u32 comms_process(const struct comms *comms, __u32 tid);

/* Return the name of a task, or "" if the name is unknown. */
const char *comms_name(const struct comms *comms, __u32 tid);

void comms_free(struct comms *comms);

#endif /* _COMMS_H */
