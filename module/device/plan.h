/* SPDX-License-Identifier: GPL-2.0-only */
/* Fault injection: plans for the faults of a range. */
#ifndef _MMAPDEMO_PLAN_H
#define _MMAPDEMO_PLAN_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct mmapdemo_plan;
struct vm_fault;

/**
 * struct plans - the plans of a region
 * @lock: protects all members; no other lock is taken while @lock is held
 * @list: list of struct plan, the newest first. list_empty() may be called without
 *	@lock
 * @count: number of plans
 */
struct plans {
	spinlock_t lock;	/* protects all members */
	struct list_head list;
	unsigned int count;
};

static inline bool plans_none(const struct plans *plans)
{
	return list_empty(&plans->list);
}

void mmapdemo_plan_init(struct plans *plans);
void mmapdemo_plan_exit(struct plans *plans);
int mmapdemo_plan_add(struct plans *plans, const struct mmapdemo_plan *plan);
u32 mmapdemo_plan_take(struct plans *plans, pgoff_t pgoff, u64 *delay);
vm_fault_t mmapdemo_plan_delay(struct vm_fault *vmf, u64 delay);

#endif /* _MMAPDEMO_PLAN_H */
