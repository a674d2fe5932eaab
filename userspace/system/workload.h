/* SPDX-License-Identifier: GPL-2.0-only */
/* The observed command: it is started, held before its exec, then released. */
#ifndef _WORKLOAD_H
#define _WORKLOAD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct workload - a child
 * @pid: id of the child, 0: none
 * @go: pipe to the child: a byte releases the child, closing without a byte
 *	ends it
 * @error: pipe from the child: errno if exec failed
 * @ended: waitpid() has returned the child
 * @status: if @ended: status from waitpid(2)
 */
struct workload {
	pid_t pid;
	int go;
	int error;
	bool ended;
	int status;
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
