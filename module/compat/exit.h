/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint sched_process_exit on older kernels. Since the commit "exit:
 * move and extend sched_process_exit() tracepoint", the tracepoint passes
 * @group_dead. The parameter type of the register function shows whether a
 * kernel has this commit.
 */
#ifndef _MMAPDEMO_COMPAT_EXIT_H
#define _MMAPDEMO_COMPAT_EXIT_H

#include <linux/compiler.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <trace/events/sched.h>

/* The tracepoint calls this function when the current task exits. */
static void exit_seen(void *data, struct task_struct *task, bool group_dead);

static void exit_seen_by_task(void *data, struct task_struct *task)
{
	exit_seen(data, task, false);
}

/* The function to register with the tracepoint. */
#define EXIT_PROBE							\
	__builtin_choose_expr(						\
		__same_type(check_trace_callback_type_sched_process_exit, \
			    void(void (*)(void *, struct task_struct *))), \
		exit_seen_by_task, exit_seen)

#endif /* _MMAPDEMO_COMPAT_EXIT_H */
