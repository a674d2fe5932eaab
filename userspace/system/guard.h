/* SPDX-License-Identifier: GPL-2.0-only */
/* A guard process, which cleans up if the main process is killed. */
#ifndef _GUARD_H
#define _GUARD_H

#include <sys/types.h>

/**
 * struct guard - a guard process
 * @pid: id of the guard; 0: none
 * @alive: write end of a pipe, which is open while the main process lives
 */
struct guard {
	pid_t pid;
	int alive;
};

/* Start a guard that calls @clean if the main process ends before guard_end(). */
void guard_begin(struct guard *guard, void (*clean)(void));
void guard_end(struct guard *guard);

#endif /* _GUARD_H */
