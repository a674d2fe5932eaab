/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/freezer.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_FREEZER_H
#define _MMAPDEMO_COMPAT_FREEZER_H

#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/sched.h>

/*
 * Sleep until @until, a fatal signal or a spurious wakeup. If @freezable is
 * true, the task can be frozen while it sleeps, so the task must not hold a
 * lock.
 *
 * Since Linux 6.1, commit f5d39b020809 ("freezer,sched: Rewrite core freezer
 * logic"), a task state that includes TASK_FREEZABLE allows the freezer to
 * freeze the sleeping task. On older kernels, freezer_do_not_count() makes the
 * freezer ignore the sleeping task.
 */
#ifdef TASK_FREEZABLE
static inline void freezable_sleep(ktime_t *until, bool freezable)
{
	set_current_state(TASK_KILLABLE | (freezable ? TASK_FREEZABLE : 0));
	schedule_hrtimeout(until, HRTIMER_MODE_ABS);
}
#else
static inline void freezable_sleep(ktime_t *until, bool freezable)
{
	if (freezable)
		freezer_do_not_count();
	set_current_state(TASK_KILLABLE);
	schedule_hrtimeout(until, HRTIMER_MODE_ABS);
	if (freezable)
		freezer_count();
}
#endif

#endif /* _MMAPDEMO_COMPAT_FREEZER_H */
