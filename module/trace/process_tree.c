// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree of processes: one process and all its descendants.
 *
 * Processes may be looked up a million times a second, so the lookup must be
 * fast. There is one bit for each possible PID, which takes 512 KiB. A new
 * process gets a copy of the bit of the process that called fork(). When a
 * process ends, its bit stays as it is, and is overwritten when the PID is
 * reused. A process stays in the tree after its parent ends, and after exec.
 */
#include "common.h"
#include "probe/tracepoint.h"
#include "target.h"
#include "trace/process_tree.h"

#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/threads.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>

/*
 * Function for the tracepoint sched_process_fork, which fires before the child
 * runs. All threads of a process share one bit.
 */
static void tree_fork(void *data, struct task_struct *parent,
		      struct task_struct *child)
{
	struct tree *tree = data;

	assign_bit(child->tgid, tree->tgids,
		   test_bit(parent->tgid, tree->tgids));
}

static bool descends(const struct task_struct *task, pid_t root)
{
	for (; task != &init_task; task = rcu_dereference(task->real_parent))
		if (task->tgid == root)
			return true;
	return false;
}

static void tree_add_living(struct tree *tree)
{
	const struct task_struct *task;

	rcu_read_lock();
	for_each_process(task)
		if (descends(task, pid_nr(tree->root)))
			set_bit(task->tgid, tree->tgids);
	rcu_read_unlock();
}

/**
 * mmapdemo_tree_init - start tracking a process and all its present and future
 *	descendants
 * @tree: filled in
 * @root: PID of the process in the caller's PID namespace; 0: the caller
 *
 * If the parent of a process has already exited, the process belongs to the
 * process that adopted it.
 *
 * Return: 0, -ESRCH if there is no such process, -ENOENT if the kernel has no
 * tracepoint sched_process_fork, or -ENOMEM.
 */
int mmapdemo_tree_init(struct tree *tree, u32 root)
{
	int ret = -ENOMEM;

	tree->root = root ? mmapdemo_target_process(root) :
			    get_task_pid(current, PIDTYPE_TGID);
	if (!tree->root)
		return -ESRCH;
	tree->tgids = __vmalloc(BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(long),
				GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!tree->tgids)
		goto err_put_root;
	ret = mmapdemo_tracepoint_register("sched_process_fork", tree_fork, tree);
	if (ret)
		goto err_free;
	tree_add_living(tree);
	/*
	 * A concurrent fork() may have read the parent's bit before the first
	 * pass set this bit, and may have cleared the child's bit after the
	 * first pass. So wait until concurrent calls of fork() have copied the
	 * bit, and add their children in a second pass.
	 */
	tracepoint_synchronize_unregister();
	tree_add_living(tree);
	return 0;

err_free:
	vfree(tree->tgids);
err_put_root:
	put_pid(tree->root);
	return ret;
}

/**
 * mmapdemo_tree_exit - stop tracking a tree
 * @tree: the tree, in which no code looks up processes any longer
 */
void mmapdemo_tree_exit(struct tree *tree)
{
	mmapdemo_tracepoint_unregister("sched_process_fork", tree_fork, tree);
	tracepoint_synchronize_unregister();
	vfree(tree->tgids);
	put_pid(tree->root);
}
