/* SPDX-License-Identifier: GPL-2.0-only */
/* The observed command. A child is forked, held before exec, and then released. */
#ifndef _WORKLOAD_H
#define _WORKLOAD_H

#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * struct workload - the child process that runs the command
 * @pid: id of the child; 0: none
 * @go: pipe to the child. A byte releases the child. Closing the pipe without a
 *	byte ends the child
 * @error: pipe from the child, which contains errno if exec failed
 * @began: time when the child was released, in ns of CLOCK_MONOTONIC
 * @ended: wait4() has reported the end of the child
 * @status: if @ended is set: status from wait4(2)
 * @ran: if @ended is set: time from @began until the end of the child was seen,
 *	in ns
 * @usage: if @ended is set: resource usage of the child, and of the children for
 *	which the child has waited
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

/*
 * Fork a child, which waits for workload_go(). The child has the signal mask
 * @mask, and the default actions for SIGPIPE and SIGXFSZ. Return 0 or -errno.
 */
int workload_hold(struct workload *command, char **argv, const sigset_t *mask);

/* Release the child. Return 0, or the -errno of the child's exec. */
int workload_go(struct workload *command);

/* Return true if the child has ended. Do not wait for the child. */
bool workload_ended(struct workload *command);

/* Kill a child that was never released. */
void workload_kill(struct workload *command);

/*
 * End in the same way as the command: return its exit status, or raise the
 * signal that killed the command.
 */
int workload_imitate(const struct workload *command);

#endif /* _WORKLOAD_H */
