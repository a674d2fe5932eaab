/* SPDX-License-Identifier: GPL-2.0-only */
/* A guard process, which cleans up if this process is killed. */
#ifndef _GUARD_H
#define _GUARD_H

#include <sys/types.h>

/**
 * struct guard - a guard process
 * @pid: id of the guard; 0: none
 * @alive: write end of a pipe that is open as long as this process lives
 */
struct guard {
	pid_t pid;
	int alive;
};

/* Start a guard that calls @clean if this process ends before guard_end(). */
void guard_begin(struct guard *guard, void (*clean)(void));
void guard_end(struct guard *guard);

#endif /* _GUARD_H */
