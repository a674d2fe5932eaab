/* SPDX-License-Identifier: GPL-2.0-only */
/* The traced command: started, held before its exec, let go. */
#ifndef _WORKLOAD_H
#define _WORKLOAD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct workload - a child
 * @pid: id of the child, 0: none
 * @go: pipe to the child: a byte lets the child go on, closing without a byte ends it
 * @error: pipe from the child: errno if exec failed
 * @ended: the child was waited for
 * @status: if @ended: status of waitpid(2)
 */
struct workload {
	pid_t pid;
	int go;
	int error;
	bool ended;
	int status;
};

/* Fork a child that waits, with @mask and default actions. Return 0 or -errno. */
int workload_hold(struct workload *command, char **argv, const sigset_t *mask);

/* Let the child go on. Return 0, or the -errno of its exec. */
int workload_go(struct workload *command);

/* Return true if the child has ended. Does not wait. */
bool workload_ended(struct workload *command);

/* Kill a child that was never let go. */
void workload_kill(struct workload *command);

/* End as the command did: return its exit status, or die of its signal. */
int workload_imitate(const struct workload *command);

#endif /* _WORKLOAD_H */
