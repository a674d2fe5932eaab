/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that cleans up when this one is killed. */
#ifndef _GUARD_H
#define _GUARD_H

#include <sys/types.h>

/** struct guard - @pid: of it, 0: there is none; @alive: open while we live */
struct guard {
	pid_t pid;
	int alive;
};

/* It calls @clean if this process ends without guard_end(). */
void guard_begin(struct guard *guard, void (*clean)(void));
void guard_end(struct guard *guard);

#endif /* _GUARD_H */
