// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault injection, to test programs and tools. A plan answers the faults of a
 * page range with SIGBUS, with an out-of-memory error, or after a delay. In a
 * region without plans, a fault costs only one additional test.
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
 * struct plan - an answer to the faults of a range
 * @list: entry in the list of struct plans
 * @first: offset of the first page
 * @last: offset of the last page
 * @delay: delay in ns, for MMAPDEMO_PLAN_DELAY
 * @answer: MMAPDEMO_PLAN_*
 * @left: number of faults that the plan still has to answer; 0: no limit
 */
struct plan {
	struct list_head list;
	pgoff_t first;
	pgoff_t last;
	u64 delay;
	u32 answer;
	u32 left;
};

/** mmapdemo_plan_init - initialize an empty list of plans */
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

/** mmapdemo_plan_exit - remove all plans */
void mmapdemo_plan_exit(struct plans *plans)
{
	plan_forget_range(plans, 0, ULONG_MAX);
}

/**
 * mmapdemo_plan_add - add a plan, or remove the plans of a range
 * @plans: plans of the region
 * @order: a valid plan; MMAPDEMO_PLAN_NOTHING removes the plans of the range
 *
 * Return: 0; -ENOSPC if there are too many plans; -ENOMEM.
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
 * mmapdemo_plan_take - get the answer to a fault, and count the fault for the
 *	plan that answers it
 * @plans: plans of the region
 * @pgoff: page offset of the fault
 * @delay: out: delay in ns, for MMAPDEMO_PLAN_DELAY
 *
 * Return: the answer, MMAPDEMO_PLAN_*.
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
 * Release mmap_lock or the per-VMA lock before a wait, as
 * maybe_unlock_mmap_for_io() does. The fault has done nothing yet. The VMA may
 * be removed once the lock is released. So return a reference on the open
 * device, which keeps the region and the module in memory. The caller drops
 * this reference before it returns VM_FAULT_RETRY. If the fault can't be
 * retried, return NULL with the lock still held.
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
 * mmapdemo_plan_delay - delay a fault, as a slow disk would
 * @vmf: the fault, which has done nothing yet
 * @delay: in ns
 *
 * If the fault can be retried, mmap_lock or the per-VMA lock is released during
 * the delay. The next attempt has FAULT_FLAG_TRIED, so the fault is not delayed
 * again.
 *
 * A task that faulted in user space holds no lock after it has released
 * mmap_lock or the per-VMA lock. So a task that faulted in user space can be
 * frozen during the delay, and the machine can be suspended. A task in a system
 * call may hold another lock. If such a task were frozen, a task that waits for
 * this lock could not be frozen. So the freezer waits for a task in a system
 * call, as it would wait for a slow disk.
 *
 * An exiting task is not delayed. An exiting task still accesses its robust
 * futex list and clear_child_tid, but a fatal signal can no longer end its
 * sleep. userfaultfd does not delay an exiting task either
 * [handle_userfault()].
 *
 * Return: VM_FAULT_RETRY if the lock was released; otherwise 0 to continue the
 * fault, or VM_FAULT_SIGBUS if the task is being killed.
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
