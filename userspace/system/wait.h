/* SPDX-License-Identifier: GPL-2.0-only */
/* What can end a trace: a signal, a child, another process. */
#ifndef _WAIT_H
#define _WAIT_H

#include "base/pids.h"

#include <signal.h>
#include <stdbool.h>

/**
 * struct watch - waits for them
 * @signals: signalfd of SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD; they are
 *	blocked
 * @deaf: those of them that are heard only if a process sends them
 * @before: the signals blocked before
 * @processes: pidfds of those that have not ended
 * @count: of these
 * @input: where somebody types, -1: nowhere
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
 * struct watch_news - @sig: came in, 0: none; @sent: not by a terminal; @exited:
 * all processes, or who types
 */
struct watch_news {
	int sig;
	bool sent;
	bool exited;
};

/* From now on these signals are news instead of the end. 0 or -errno. */
int watch_begin(struct watch *watch);
void watch_end(struct watch *watch);

/* One process more to watch, PIDS_MAX in all: -ESRCH if there is none. */
int watch_process(struct watch *watch, int pid);

/* ... and none of them any longer. */
void watch_forget(struct watch *watch);

/* Waits for news, for some time. */
struct watch_news watch_wait(struct watch *watch, int milliseconds);

#endif /* _WAIT_H */
