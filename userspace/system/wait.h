/* SPDX-License-Identifier: GPL-2.0-only */
/* Causes that end a trace: a signal, a child, another process. */
#ifndef _WAIT_H
#define _WAIT_H

#include "base/pids.h"

#include <signal.h>
#include <stdbool.h>

/**
 * struct watch - watch of signals, processes and input
 * @signals: signalfd of SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, which are blocked
 * @deaf: signals that count only when a process sent them, not the terminal
 * @before: signals that were blocked before the watch
 * @processes: pidfds of processes that have not ended
 * @count: number of @processes
 * @input: descriptor of the user's input, -1: none
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
 * @sig: signal that arrived, 0: none
 * @sent: a process sent @sig, not a terminal
 * @exited: all processes ended, or the input was closed
 */
struct watch_news {
	int sig;
	bool sent;
	bool exited;
};

/* Block these signals, to return them as news from now on. 0 or -errno. */
int watch_begin(struct watch *watch);
void watch_end(struct watch *watch);

/* Watch one more process, PIDS_MAX in all. -ESRCH: there is no such process. */
int watch_process(struct watch *watch, int pid);

/* Stop watching all processes. */
void watch_forget(struct watch *watch);

/* Wait for news, up to @milliseconds. */
struct watch_news watch_wait(struct watch *watch, int milliseconds);

#endif /* _WAIT_H */
