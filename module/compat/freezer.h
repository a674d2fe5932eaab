/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/freezer.h> as of the newest kernel. */
#ifndef _MMAPDEMO_COMPAT_FREEZER_H
#define _MMAPDEMO_COMPAT_FREEZER_H

#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/sched.h>

/*
 * Sleeps until then, until killed, or for no reason. With @freezable it can be
 * frozen where it is: no lock may be held.
 *
 * Linux 6.1, commit f5d39b020809 ("freezer,sched: Rewrite core freezer logic"): the
 * state says so. Before, the freezer did not wait for such a task.
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
