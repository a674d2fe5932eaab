// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a tree: one, and all that come of it.
 *
 * Who is looked at a million times a second must be found at once: a bit for
 * each number a process can have, 512 KiB in all. A new process gets the bit of
 * the one that called fork(), set or not, so that nothing need be done when one
 * ends: its bit is overwritten when its number is used again. That it belongs to
 * the tree does not end with its parent, nor by exec.
 */
#include "common.h"
#include "probe/tracepoint.h"
#include "trace/process_tree.h"

#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/threads.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>

/* sched_process_fork: before the child runs. A thread has its parent's bit. */
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

static struct pid *tree_find_root(u32 nr)
{
	struct pid *pid = nr ? find_get_pid(nr) :
			       get_task_pid(current, PIDTYPE_TGID);

	if (pid && pid_has_task(pid, PIDTYPE_TGID))
		return pid;
	put_pid(pid);
	return NULL;
}

/**
 * mmapdemo_tree_init - a process, all that came and all that will come of it
 * @tree: filled in
 * @root: its number in the caller's namespace; 0: the caller
 *
 * Children whose parent had died before belong to who adopted them.
 *
 * Return: 0, -ESRCH when there is no such process, -ENOENT when the kernel does
 * not tell of forks, -ENOMEM.
 */
int mmapdemo_tree_init(struct tree *tree, u32 root)
{
	int ret = -ENOMEM;

	tree->root = tree_find_root(root);
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
	 * A fork() may have read its parent's bit before it was set, and write
	 * the child's after it was. Such a child is old enough now to be found.
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
 * mmapdemo_tree_exit - forget it
 * @tree: nobody asks who belongs to it any more
 */
void mmapdemo_tree_exit(struct tree *tree)
{
	mmapdemo_tracepoint_unregister("sched_process_fork", tree_fork, tree);
	tracepoint_synchronize_unregister();
	vfree(tree->tgids);
	put_pid(tree->root);
}
