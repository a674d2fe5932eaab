// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that a command is about, and whether the caller may look at it.
 *
 * /proc/PID/pagemap asks ptrace_may_access(), which no kernel exports. What is
 * asked here instead is what makes that function say yes whoever the other
 * process is: CAP_SYS_PTRACE, in the initial user namespace. So nobody sees here
 * what he could not see there, unless a security module forbids it to somebody
 * who has the capability.
 */
#include "common.h"
#include "target.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

static struct task_struct *target_task(u32 nr)
{
	struct task_struct *task;
	struct pid *pid;

	if (!nr)
		return get_task_struct(current);
	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	return task;
}

/**
 * mmapdemo_target_mm - the address space of a process
 * @pid: of any of its threads, in the caller's namespace; 0: the caller itself
 *
 * Return: the address space, for mmput(); -ESRCH when there is no such process,
 * or it has none (any more), -EPERM.
 */
struct mm_struct *mmapdemo_target_mm(u32 pid)
{
	struct task_struct *task = target_task(pid);
	struct mm_struct *mm;

	if (!task)
		return ERR_PTR(-ESRCH);
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return ERR_PTR(-ESRCH);
	if (mm == current->mm || capable(CAP_SYS_PTRACE))
		return mm;
	mmput(mm);
	return ERR_PTR(-EPERM);
}
