/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that cleans up when this one is killed. */
#ifndef _GUARD_H
#define _GUARD_H

#include <sys/types.h>

/** struct guard - the process; @pid: its id, 0: none; @alive: open while we live */
struct guard {
	pid_t pid;
	int alive;
};

/* Start a guard, which calls @clean if this process ends without guard_end(). */
void guard_begin(struct guard *guard, void (*clean)(void));
void guard_end(struct guard *guard);

#endif /* _GUARD_H */
