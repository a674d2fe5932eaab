/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of task_struct that differ between kernels. */
#ifndef _MMAPDEMO_COMPAT_SCHED_H
#define _MMAPDEMO_COMPAT_SCHED_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/version.h>

/*
 * task_struct.state was renamed in Linux 5.14, commit 2f064a59a11f ("sched: Change
 * task_struct::state").
 */
static inline bool task_runnable(const struct task_struct *task)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
	return !READ_ONCE(task->state);
#else
	return !READ_ONCE(task->__state);
#endif
}

/* Return the time in ns for which a task could run, but waited for a processor. */
static inline u64 task_run_delay(const struct task_struct *task)
{
#ifdef CONFIG_SCHED_INFO
	return task->sched_info.run_delay;
#else
	return 0;
#endif
}

#endif /* _MMAPDEMO_COMPAT_SCHED_H */
