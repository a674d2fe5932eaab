/* SPDX-License-Identifier: GPL-2.0-only */
/* The observed command: it is started, held before its exec, then released. */
#ifndef _WORKLOAD_H
#define _WORKLOAD_H

#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * struct workload - a child
 * @pid: id of the child, 0: none
 * @go: pipe to the child: a byte releases the child, closing without a byte
 *	ends it
 * @error: pipe from the child: errno if exec failed
 * @began: when the child was released, CLOCK_MONOTONIC in ns
 * @ended: wait4() has returned the child
 * @status: if @ended: status from wait4(2)
 * @ran: if @ended: time from @began until the end was seen, in ns
 * @usage: if @ended: times of the child and of its children that it waited for
 */
struct workload {
	pid_t pid;
	int go;
	int error;
	__u64 began;
	bool ended;
	int status;
	__u64 ran;
	struct rusage usage;
};

/* Fork a child that waits, with @mask and default actions. 0 or -errno. */
int workload_hold(struct workload *command, char **argv, const sigset_t *mask);

/* Release the child. Return 0, or the -errno of its exec. */
int workload_go(struct workload *command);

/* Return true if the child has ended. Does not wait. */
bool workload_ended(struct workload *command);

/* Kill a child that was never released. */
void workload_kill(struct workload *command);

/* End as the command did: return its exit status, or die of the same signal. */
int workload_imitate(const struct workload *command);

#endif /* _WORKLOAD_H */
