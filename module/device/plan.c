// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on demand: a page range of a region answers with a signal, as without
 * memory, or late, so that programs and tools can be tested. A region without
 * plans pays one look at an empty list for it.
 */
#include "common.h"
#include "compat/fault.h"
#include "compat/freezer.h"
#include "device/plan.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

/**
 * struct plan - how faults of a range are answered
 * @list: in struct plans
 * @first: offset of the first page
 * @last: of the last
 * @delay: in ns, with MMAPDEMO_PLAN_DELAY
 * @answer: MMAPDEMO_PLAN_*
 * @left: how many faults are still to be answered so; 0: all
 */
struct plan {
	struct list_head list;
	pgoff_t first;
	pgoff_t last;
	u64 delay;
	u32 answer;
	u32 left;
};

/** mmapdemo_plan_init - no plans */
void mmapdemo_plan_init(struct plans *plans)
{
	spin_lock_init(&plans->lock);
	INIT_LIST_HEAD(&plans->list);
	plans->count = 0;
}

static void plan_forget(struct plans *plans, struct plan *plan)
{
	lockdep_assert_held(&plans->lock);
	list_del(&plan->list);
	plans->count--;
	kfree(plan);
}

static void plan_forget_range(struct plans *plans, pgoff_t first, pgoff_t last)
{
	struct plan *plan, *next;

	spin_lock(&plans->lock);
	list_for_each_entry_safe(plan, next, &plans->list, list)
		if (plan->first <= last && plan->last >= first)
			plan_forget(plans, plan);
	spin_unlock(&plans->lock);
}

/** mmapdemo_plan_exit - forget all plans */
void mmapdemo_plan_exit(struct plans *plans)
{
	plan_forget_range(plans, 0, ULONG_MAX);
}

/**
 * mmapdemo_plan_add - make a plan, or forget those of a range
 * @plans: of the region
 * @order: a valid plan
 *
 * Return: 0, -ENOSPC when there are too many, -ENOMEM.
 */
int mmapdemo_plan_add(struct plans *plans, const struct mmapdemo_plan *order)
{
	pgoff_t first = order->start >> PAGE_SHIFT;
	pgoff_t last = (order->end - 1) >> PAGE_SHIFT;
	struct plan *plan;

	if (order->answer == MMAPDEMO_PLAN_NOTHING) {
		plan_forget_range(plans, first, last);
		return 0;
	}
	plan = kmalloc(sizeof(*plan), GFP_KERNEL_ACCOUNT);
	if (!plan)
		return -ENOMEM;
	plan->first = first;
	plan->last = last;
	plan->delay = order->delay;
	plan->answer = order->answer;
	plan->left = order->times;

	spin_lock(&plans->lock);
	if (plans->count == MMAPDEMO_PLANS_MAX) {
		spin_unlock(&plans->lock);
		kfree(plan);
		return -ENOSPC;
	}
	list_add(&plan->list, &plans->list);
	plans->count++;
	spin_unlock(&plans->lock);
	return 0;
}

/**
 * mmapdemo_plan_take - is this fault to be answered otherwise?
 * @plans: of the region
 * @pgoff: offset of the page it is for
 * @delay: out: for how long, with MMAPDEMO_PLAN_DELAY
 *
 * Return: MMAPDEMO_PLAN_*. It counts as answered so.
 */
u32 mmapdemo_plan_take(struct plans *plans, pgoff_t pgoff, u64 *delay)
{
	u32 answer = MMAPDEMO_PLAN_NOTHING;
	struct plan *plan;

	if (plans_none(plans))
		return answer;
	spin_lock(&plans->lock);
	list_for_each_entry(plan, &plans->list, list) {
		if (pgoff < plan->first || pgoff > plan->last)
			continue;
		answer = plan->answer;
		*delay = plan->delay;
		if (plan->left && !--plan->left)
			plan_forget(plans, plan);
		break;
	}
	spin_unlock(&plans->lock);
	return answer;
}

static void plan_sleep(u64 delay, bool freezable)
{
	ktime_t until = ktime_add_ns(ktime_get(), delay);

	while (ktime_before(ktime_get(), until) &&
	       !fatal_signal_pending(current))
		freezable_sleep(&until, freezable);
}

/*
 * Gives back the lock of the address space, or of the VMA, before a wait, as
 * maybe_unlock_mmap_for_io() does. The fault did nothing yet; its VMA may be gone
 * afterwards. Returns the open device, so that region and module stay: to be given
 * to fput() before VM_FAULT_RETRY is returned. NULL: the fault can't be tried again,
 * the lock is still held.
 */
static struct file *plan_unlock_mm(struct vm_fault *vmf)
{
	struct region *region = vmf->vma->vm_private_data;
	struct file *file;

	if (!fault_may_unlock(vmf))
		return NULL;
	file = get_file(region->file);
	release_fault_lock(vmf);
	return file;
}

/**
 * mmapdemo_plan_delay - let a fault wait, as for a disk
 * @vmf: the fault, which did nothing yet
 * @delay: for how long, in ns
 *
 * Gives back the lock of the address space, or of the VMA, meanwhile, if the
 * fault can be tried again; it isn't to be delayed again then, which
 * FAULT_FLAG_TRIED tells.
 *
 * A task that came here from user space, and gave back that lock, holds none: it can
 * be frozen, so that the machine can be suspended. One that is in a system call may
 * hold any lock, and a task that waits for that lock could not be frozen: the freezer
 * waits for it, as it would for a disk.
 *
 * A task that exits is not delayed. The kernel reads its list of robust futexes then,
 * and writes its clear_child_tid, and no signal ends a sleep any longer. userfaultfd
 * lets such a task pass as well [handle_userfault()].
 *
 * Return: VM_FAULT_RETRY without the lock; 0: go on, late; VM_FAULT_SIGBUS: the
 * task is about to be killed.
 */
vm_fault_t mmapdemo_plan_delay(struct vm_fault *vmf, u64 delay)
{
	struct file *file;

	if (current->flags & PF_EXITING)
		return 0;
	file = plan_unlock_mm(vmf);
	plan_sleep(delay, file && vmf->flags & FAULT_FLAG_USER);
	if (file) {
		fput(file);
		return VM_FAULT_RETRY | VM_FAULT_MAJOR;
	}
	return fatal_signal_pending(current) ? VM_FAULT_SIGBUS : 0;
}
