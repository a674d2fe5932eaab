// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file finds the process that an ioctl command or a parameter refers to, and
 * checks the permission to inspect the address space of a process.
 *
 * /proc/PID/pagemap checks ptrace_may_access(), which is not exported to
 * modules. So this file requires CAP_SYS_PTRACE in the initial user namespace.
 * With this capability, ptrace_may_access() grants access to every process,
 * unless a security module denies it. So the commands of this module show more
 * than /proc only for a process to which a security module denies access.
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
 * mmapdemo_target_process - get a process
 * @nr: PID in the caller's PID namespace. The TID of another thread is refused,
 *	because users compare processes, so that a TID would never match
 *
 * Return: the process, to be released with put_pid(), or NULL if there is no such
 * process.
 */
struct pid *mmapdemo_target_process(u32 nr)
{
	struct pid *pid = find_get_pid(nr);

	if (pid && pid_has_task(pid, PIDTYPE_TGID))
		return pid;
	put_pid(pid);
	return NULL;
}

/**
 * mmapdemo_target_mm - get the address space of a process
 * @pid: TID of any thread of the process, in the caller's PID namespace; 0 for
 *	the caller
 *
 * Return: the address space, to be released with mmput(); -ESRCH if there is no
 * such process or the process has no address space; -EPERM if the caller may
 * not inspect the process.
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
