/* SPDX-License-Identifier: GPL-2.0-only */
/* The command that is traced: started, held before its exec, let go. */
#ifndef _WORKLOAD_H
#define _WORKLOAD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct workload - a child
 * @pid: its id, 0: there is none
 * @go: closing it lets the child go on
 * @error: where it says why exec failed
 * @ended: it was waited for
 * @status: then: as of waitpid(2)
 */
struct workload {
	pid_t pid;
	int go;
	int error;
	bool ended;
	int status;
};

/* Forks; the child waits, then has @mask and default actions. -errno or 0. */
int workload_hold(struct workload *command, char **argv, const sigset_t *mask);

/* 0, or the -errno of its exec. */
int workload_go(struct workload *command);

/* Has it ended? Does not wait. */
bool workload_ended(struct workload *command);

/* For one that was never let go. */
void workload_kill(struct workload *command);

/* Ends as the command did: returns its exit status or dies of its signal. */
int workload_imitate(const struct workload *command);

#endif /* _WORKLOAD_H */
