/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that wait for signals, and for the end of processes. */
#ifndef _WAIT_H
#define _WAIT_H

#include "base/pids.h"

#include <signal.h>
#include <stdbool.h>

/**
 * struct watch - a watch of signals, processes and input
 * @signals: signalfd for SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGCHLD, which
 *	are blocked
 * @deaf: signals to ignore if they come from the terminal instead of a process
 * @before: signals that were blocked before the watch
 * @processes: pidfds of the processes that have not ended
 * @count: number of @processes
 * @input: descriptor of the user's input; -1: none
 */
struct watch {
	int signals;
	sigset_t deaf;
	sigset_t before;
	int processes[PIDS_MAX];
	int count;
	int input;
};

/**
 * struct watch_news - result of a wait
 * @sig: signal that arrived; 0: none
 * @sent: @sig was sent by a process, not by a terminal
 * @exited: all processes have ended, or the input was closed
 */
struct watch_news {
	int sig;
	bool sent;
	bool exited;
};

/* Block the signals, so that watch_wait() can return them. Return 0 or -errno. */
int watch_begin(struct watch *watch);
void watch_end(struct watch *watch);

/*
 * Add a process. There can be at most PIDS_MAX processes. Return -ESRCH if
 * there is no such process.
 */
int watch_process(struct watch *watch, int pid);

/* Stop watching all processes. */
void watch_forget(struct watch *watch);

/* Wait up to @milliseconds for a signal, the end of a process, or input. */
struct watch_news watch_wait(struct watch *watch, int milliseconds);

#endif /* _WAIT_H */
