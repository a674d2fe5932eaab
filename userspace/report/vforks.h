/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of how long vfork() suspends the parent. The kernel resumes the
 * parent when the child gives up the shared memory, during exec or exit. No
 * event shows when the kernel resumes the parent. So a suspension is counted up
 * to the first event that shows that the child has given up the memory, or that
 * the parent is running again.
 */
#ifndef _VFORKS_H
#define _VFORKS_H

#include "base/ids.h"
#include "base/stats.h"
#include "event/event.h"

/**
 * struct vforks - suspensions of parents, by clone() with CLONE_VFORK
 * @began: number of suspensions; a parent can be suspended several times
 * @stats: statistics of the suspensions whose end was seen
 * @parents: current suspensions by parent
 * @children: current suspensions by child
 * @all: list of all current suspensions
 */
struct vforks {
	__u64 began;
	struct stats stats;
	struct ids parents;
	struct ids children;
	struct suspension *all;
};

/* Count an event. Return 0 or -ENOMEM. */
int vforks_event(struct vforks *vforks, const struct event *event);
void vforks_free(struct vforks *vforks);

#endif /* _VFORKS_H */
