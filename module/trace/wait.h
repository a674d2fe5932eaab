/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the time of slow faults goes.
 *
 * While a task is in a fault, it is the observed task of its CPU. Tracepoints of the
 * kernel change the part to which the task's time belongs. The data of a fast fault
 * is only its start time. When the task is switched out, reclaims, compacts or waits
 * for mmap_lock, the task gets a slot.
 */
#ifndef _MMAPDEMO_WAIT_H
#define _MMAPDEMO_WAIT_H

#include "clock.h"
#include "trace/records.h"

#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/sched.h>

struct wait_slot;

/**
 * struct wait_now - the observed task that runs on a CPU
 * @task: the task, or NULL
 * @slot: data of the task, or NULL if its fault was fast so far
 * @start: start of the fault, valid if @task is not NULL and @slot is NULL
 * @retry: address of the fault that the task will retry, or 0
 *
 * Only the CPU reads and writes its structure, with preemption disabled.
 */
struct wait_now {
	struct task_struct *task;
	struct wait_slot *slot;
	struct moment start;
	u64 retry;
};

DECLARE_PER_CPU(struct wait_now, mmapdemo_wait_now);

/* Enabled while an event needs the parts of faults. */
DECLARE_STATIC_KEY_FALSE(mmapdemo_wait_key);

bool mmapdemo_wait_resume(struct wait_now *now, u64 address,
			  const struct moment *start);
bool mmapdemo_wait_end(u64 duration, struct time_record *out);

/**
 * mmapdemo_wait_begin - observe the current task during an attempt to handle a fault
 * @address: the touched address
 * @start: start of the first attempt
 * @retries: number of earlier attempts. If the task was not observed since the first
 *	attempt, the parts of the fault are not known
 *
 * A probe calls this function, and the functions below, with preemption disabled.
 *
 * Return: true if the caller must call mmapdemo_wait_ends() after the attempt. False
 * if nothing needs the parts, or if the task is already in another fault.
 */
static __always_inline bool mmapdemo_wait_begin(u64 address,
						const struct moment *start,
						u32 retries)
{
	struct wait_now *now;

	if (!static_branch_unlikely(&mmapdemo_wait_key))
		return false;
	now = this_cpu_ptr(&mmapdemo_wait_now);
	if (unlikely(now->task))
		return mmapdemo_wait_resume(now, address, start);
	if (unlikely(retries))
		return true;
	now->task = current;
	now->start = *start;
	return true;
}

/**
 * mmapdemo_wait_ends - stop to observe the current task after its fault
 *
 * Return: false if the fault was fast. Otherwise, the caller must call
 * mmapdemo_wait_end().
 */
static __always_inline bool mmapdemo_wait_ends(void)
{
	struct wait_now *now = this_cpu_ptr(&mmapdemo_wait_now);

	if (unlikely(!now->task || now->slot))
		return true;
	now->task = NULL;
	return false;
}

/* Return true if an event needs the parts of faults. */
static inline bool mmapdemo_wait_wanted(void)
{
	return static_branch_unlikely(&mmapdemo_wait_key);
}

/* Go on to observe the current task until it retries the fault at @address. */
static inline void mmapdemo_wait_retry(u64 address)
{
	struct wait_now *now = this_cpu_ptr(&mmapdemo_wait_now);

	if (now->task)
		now->retry = address;
}

/* functions for tracepoints: the current task does something in the kernel */
void mmapdemo_wait_switch(struct task_struct *prev, struct task_struct *next,
			  bool preempt);
void mmapdemo_wait_exit_task(void);
void mmapdemo_wait_reclaim(bool begin, unsigned long reclaimed);
void mmapdemo_wait_compact(bool begin);
void mmapdemo_wait_read(u64 bytes);
void mmapdemo_wait_cached(unsigned long pages);
bool mmapdemo_wait_lock(const void *lock, bool write);
void mmapdemo_wait_locked(const void *lock);

int mmapdemo_wait_start(void);
void mmapdemo_wait_unknown(u32 parts);
u32 mmapdemo_wait_known(void);
void mmapdemo_wait_free(void);

/* functions in hooks_wait.c */
int mmapdemo_wait_get(void);
void mmapdemo_wait_put(void);
void mmapdemo_wait_exit(void);

#endif /* _MMAPDEMO_WAIT_H */
