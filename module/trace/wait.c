// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the time of slow faults goes.
 *
 * The time of an observed task belongs to one part at a time. Each change of the part
 * adds the time since the last change to the part that ends. The part MMAPDEMO_PART_WORK is
 * what is left of the duration, so the parts sum to the duration.
 *
 * A slot belongs to one task from wait_claim() to wait_release(). While the task is
 * not running, its slot is found by the task. Only the CPU of the task, or the CPU
 * that switches the task in or out, uses the slot, with preemption disabled. A slot
 * outlives no session: mmapdemo_wait_start() clears all slots, after all functions of
 * the last session have returned. So a fault that was not observed to its end leaves
 * no data.
 */
#include "common.h"
#include "compat/rwsem.h"
#include "mmapdemo.h"
#include "syscall.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/kernel/sched.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"
#include "trace/wait.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

/* Slots are found in sets, of which each takes one cache line of keys. */
#define SET_BITS 8
#define SET_SIZE 8

/* Number of addresses of a sleeping stack that are stored. */
#define STACK_DEPTH 16

/* Number of addresses in which the function that handles exceptions is searched. */
#define STACK_DEPTH_MAX 32

struct wait_stack {
	unsigned long entry[STACK_DEPTH];
	unsigned int size;
};

struct wait_slot {
	struct moment since;	/* begin of the current part */
	u32 part;		/* enum mmapdemo_fault_part, the current part */
	bool before;		/* the fault has not begun */
	bool write;		/* the task waits for the lock for writing */
	bool slow;		/* the fault needs an event */
	u8 reclaims;		/* depth of direct reclaim */
	u8 compacts;		/* depth of direct compaction */
	u8 longest;		/* index of the stack of the longest sleep */
	const void *lock;	/* mmap_lock, or a part of it, for which the task waits */
	u64 ns[MMAPDEMO_PARTS];
	u64 lock_before;	/* wait for mmap_lock before the fault */
	u64 ip;			/* user instruction during that wait */
	u64 retry;		/* wait_now.retry while the task does not run */
	u64 run_delay;		/* of the task when it was switched out */
	u64 off;		/* time for which the task was switched out */
	u32 off_part;		/* part to which @off was added */
	u64 longest_off;	/* duration of the longest sleep */
	struct moment lock_start;
	struct lock_holder holder;	/* of the lock for which the task waits */
	struct lock_holder held_longest;	/* holder during the longest wait */
	u64 longest_lock;
	u64 read_bytes;
	u64 cache_pages;
	u64 reclaimed;
	u32 switches;
	struct wait_stack stack[2];	/* of the longest sleep, and of the last sleep */
};

DEFINE_PER_CPU(struct wait_now, mmapdemo_wait_now);
DEFINE_STATIC_KEY_FALSE(mmapdemo_wait_key);

static struct task_struct *keys[1 << SET_BITS][SET_SIZE] __cacheline_aligned;
static struct wait_slot (*slots)[SET_SIZE];	/* one slot for each key */
static atomic_t slots_used;
/* Parts that the kernel does not show; changed only between sessions. */
static u32 parts_unknown;

/* ---- slots ---- */

static struct wait_slot *wait_find(const struct task_struct *task)
{
	unsigned int set = hash_ptr(task, SET_BITS);
	unsigned int i;

	for (i = 0; i < SET_SIZE; i++)
		if (READ_ONCE(keys[set][i]) == task)
			return &slots[set][i];
	return NULL;
}

/* Return a slot for a task whose time since @since belongs to MMAPDEMO_PART_WORK, or NULL. */
static struct wait_slot *wait_claim(struct task_struct *task,
				    const struct moment *since)
{
	unsigned int set = hash_ptr(task, SET_BITS);
	unsigned int i;

	for (i = 0; i < SET_SIZE; i++) {
		struct wait_slot *slot = &slots[set][i];

		if (READ_ONCE(keys[set][i]) ||
		    cmpxchg(&keys[set][i], NULL, task))
			continue;
		atomic_inc(&slots_used);
		memset(slot, 0, offsetof(struct wait_slot, stack));
		slot->since = *since;
		slot->stack[0].size = 0;
		slot->stack[1].size = 0;
		return slot;
	}
	return NULL;
}

static void wait_release(struct wait_now *now)
{
	unsigned int i = now->slot - &slots[0][0];

	WRITE_ONCE(keys[i / SET_SIZE][i % SET_SIZE], NULL);
	atomic_dec(&slots_used);
	now->task = NULL;
	now->slot = NULL;
	now->retry = 0;
}

/*
 * Return the current task's slot if the task is in a fault, and a slot is free. Give
 * the task a slot if it has none.
 */
static struct wait_slot *wait_slot(struct wait_now *now)
{
	if (now->task != current || !in_task())
		return NULL;
	if (!now->slot)
		now->slot = wait_claim(current, &now->start);
	return now->slot;
}

/* ---- parts ---- */

/* Return the part to which the time of a running task belongs. */
static u32 part_on(const struct wait_slot *slot)
{
	if (slot->reclaims)
		return MMAPDEMO_PART_RECLAIM;
	if (slot->compacts)
		return MMAPDEMO_PART_COMPACTION;
	return slot->lock ? MMAPDEMO_PART_LOCK : MMAPDEMO_PART_WORK;
}

/* Return the part to which the time of a task belongs that is switched out. */
static u32 part_off(const struct wait_slot *slot,
		    const struct task_struct *task, bool preempt)
{
	if (preempt || task_runnable(task))
		return MMAPDEMO_PART_CPU;
	if (slot->lock)
		return MMAPDEMO_PART_LOCK;
	if (slot->reclaims)
		return MMAPDEMO_PART_RECLAIM_SLEEP;
	return task->in_iowait ? MMAPDEMO_PART_IO : MMAPDEMO_PART_SLEEP;
}

/*
 * The scheduler adds the time for which a task waited for a processor after the
 * tracepoint. So move this time from the last sleep to MMAPDEMO_PART_CPU later.
 */
static void wait_settle(struct wait_slot *slot, const struct task_struct *task)
{
	u64 queued = min(task_run_delay(task) - slot->run_delay, slot->off);

	if (!slot->off)
		return;
	slot->ns[slot->off_part] -= queued;
	slot->ns[MMAPDEMO_PART_CPU] += queued;
	slot->off = 0;
}

/* End the current part, and begin another part. Return the duration of the former. */
static u64 wait_turn(struct wait_slot *slot, u32 part)
{
	struct moment now = mmapdemo_clock();
	u64 ns = moment_between(&slot->since, &now);

	slot->ns[slot->part] += ns;
	slot->since = now;
	slot->part = part;
	return ns;
}

static void wait_turn_on(struct wait_slot *slot)
{
	wait_settle(slot, current);
	wait_turn(slot, part_on(slot));
	slot->slow = true;
}

/* ---- switches of tasks ---- */

static void wait_save_stack(struct wait_stack *stack)
{
	stack->size = stack_trace_save(stack->entry, STACK_DEPTH, 0);
}

static struct lock_holder lock_holder(const struct mm_struct *mm);

/* Store what is known of a task that is switched out. */
static void wait_suspend(struct wait_slot *slot, struct task_struct *task,
			 bool preempt)
{
	slot->slow = true;
	slot->switches++;
	wait_settle(slot, task);
	wait_turn(slot, part_off(slot, task, preempt));
	slot->run_delay = task_run_delay(task);
	if (slot->part != MMAPDEMO_PART_CPU)
		wait_save_stack(&slot->stack[!slot->longest]);
	if (slot->lock && !slot->holder.pid)
		slot->holder = lock_holder(task->mm);
}

/*
 * Return true if the task sleeps although it is between two attempts, or between a
 * wait for mmap_lock and its fault. There, a task sleeps only to wait for mmap_lock. So
 * the expected attempt did not follow.
 */
static bool wait_strays(const struct wait_now *now, const struct task_struct *task,
			bool preempt)
{
	const struct wait_slot *slot = now->slot;

	return (now->retry || (slot && slot->before)) && !(slot && slot->lock) &&
	       !preempt && !task_runnable(task);
}

static void wait_switch_out(struct wait_now *now, struct task_struct *prev,
			    bool preempt)
{
	if (unlikely(wait_strays(now, prev, preempt))) {
		if (now->slot)
			wait_release(now);
	} else {
		struct wait_slot *slot = now->slot ?: wait_claim(prev, &now->start);

		if (slot) {
			slot->retry = now->retry;
			wait_suspend(slot, prev, preempt);
		}
	}
	now->task = NULL;
	now->slot = NULL;
	now->retry = 0;
}

static void wait_switch_in(struct wait_now *now, struct task_struct *next)
{
	struct wait_slot *slot = wait_find(next);

	if (!slot)
		return;
	now->task = next;
	now->slot = slot;
	now->retry = slot->retry;
	slot->off_part = slot->part;
	slot->off = wait_turn(slot, part_on(slot));
	if (slot->off_part != MMAPDEMO_PART_CPU && slot->off > slot->longest_off) {
		slot->longest_off = slot->off;
		slot->longest = !slot->longest;
	}
}

/* A function of its own, so that the usual switch saves no registers. */
static noinline void wait_switch(struct wait_now *now, struct task_struct *prev,
				 struct task_struct *next, bool preempt)
{
	if (now->task)
		wait_switch_out(now, prev, preempt);
	if (atomic_read(&slots_used))
		wait_switch_in(now, next);
}

/**
 * mmapdemo_wait_switch - the scheduler switches from one task to another
 * @prev: the task that runs
 * @next: the task that will run
 * @preempt: true if @prev was preempted, and can still run
 */
void mmapdemo_wait_switch(struct task_struct *prev, struct task_struct *next,
			  bool preempt)
{
	struct wait_now *now = this_cpu_ptr(&mmapdemo_wait_now);

	if (unlikely(now->task || atomic_read(&slots_used)))
		wait_switch(now, prev, next, preempt);
}

/** mmapdemo_wait_exit_task - the current task exits, perhaps inside a fault */
void mmapdemo_wait_exit_task(void)
{
	struct wait_now *now;

	preempt_disable_notrace();
	now = this_cpu_ptr(&mmapdemo_wait_now);
	if (now->slot)
		wait_release(now);
	now->task = NULL;
	now->retry = 0;
	preempt_enable_notrace();
}

/* ---- what the current task does ---- */

/** mmapdemo_wait_reclaim - the current task begins or ends direct reclaim */
void mmapdemo_wait_reclaim(bool begin, unsigned long reclaimed)
{
	struct wait_slot *slot;

	preempt_disable_notrace();
	slot = wait_slot(this_cpu_ptr(&mmapdemo_wait_now));
	if (slot && (begin || slot->reclaims)) {
		slot->reclaims += begin ? 1 : -1;
		slot->reclaimed += reclaimed;
		wait_turn_on(slot);
	}
	preempt_enable_notrace();
}

/** mmapdemo_wait_compact - the current task begins or ends direct compaction */
void mmapdemo_wait_compact(bool begin)
{
	struct wait_slot *slot;

	preempt_disable_notrace();
	slot = wait_slot(this_cpu_ptr(&mmapdemo_wait_now));
	if (slot && (begin || slot->compacts)) {
		slot->compacts += begin ? 1 : -1;
		wait_turn_on(slot);
	}
	preempt_enable_notrace();
}

/** mmapdemo_wait_read - the current task asks a disk for @bytes */
void mmapdemo_wait_read(u64 bytes)
{
	struct wait_slot *slot;

	preempt_disable_notrace();
	slot = wait_slot(this_cpu_ptr(&mmapdemo_wait_now));
	if (slot)
		slot->read_bytes += bytes;
	preempt_enable_notrace();
}

/** mmapdemo_wait_cached - the current task adds @pages to the page cache */
void mmapdemo_wait_cached(unsigned long pages)
{
	struct wait_slot *slot;

	preempt_disable_notrace();
	slot = wait_slot(this_cpu_ptr(&mmapdemo_wait_now));
	if (slot)
		slot->cache_pages += pages;
	preempt_enable_notrace();
}

/* ---- mmap_lock ---- */

/*
 * Return the task that holds mmap_lock for writing. The task may release the lock, and
 * even exit, at any time. If it still holds the lock at the end, its system call is the
 * one in which it holds the lock.
 */
static struct lock_holder lock_holder(const struct mm_struct *mm)
{
	struct task_struct *task = rwsem_writer(&mm->mmap_lock);
	struct lock_holder holder = { .nr = -1 };

	if (!task || task == current)
		return holder;
	holder.pid = READ_ONCE(task->pid);
	if (!(READ_ONCE(task->flags) & PF_KTHREAD))
		holder.nr = syscall_number_of(task);
	if (rwsem_writer(&mm->mmap_lock) != task)
		holder.nr = -1;
	return holder;
}

/* Return true if the current task is in a page fault. */
static bool in_fault(const struct trigger *trigger)
{
	unsigned long stack[STACK_DEPTH_MAX];
	unsigned int size, i;
	char name[32];

	if (trigger->kind == MMAPDEMO_TRIGGER_EXCEPTION)
		return true;
	size = stack_trace_save(stack, ARRAY_SIZE(stack), 0);
	for (i = 0; i < size; i++) {
		snprintf(name, sizeof(name), "%ps", (void *)stack[i]);
		if (is_fault_entry(name))
			return true;
	}
	return false;
}

/* Return the slot of a task that begins to wait for mmap_lock. */
static struct wait_slot *lock_slot(struct wait_now *now)
{
	struct moment start = mmapdemo_clock();

	if (now->task)
		return wait_slot(now);
	now->slot = wait_claim(current, &start);
	if (!now->slot)
		return NULL;
	now->task = current;
	now->slot->before = true;
	return now->slot;
}

/**
 * mmapdemo_wait_lock - the current task begins to wait for a lock
 * @lock: the rw_semaphore, or a part of it
 * @write: true if the task wants the lock for writing
 *
 * Return: true if the lock is the task's mmap_lock.
 */
bool mmapdemo_wait_lock(const void *lock, bool write)
{
	const struct mm_struct *mm = current->mm;
	struct wait_slot *slot;

	if (!mm || lock < (const void *)&mm->mmap_lock ||
	    lock >= (const void *)(&mm->mmap_lock + 1) || !in_task())
		return false;
	preempt_disable_notrace();
	slot = lock_slot(this_cpu_ptr(&mmapdemo_wait_now));
	if (slot && !slot->lock) {
		slot->lock = lock;
		slot->write = write;
		slot->holder = lock_holder(mm);
		slot->lock_start = mmapdemo_clock();
		wait_turn_on(slot);
	}
	preempt_enable_notrace();
	return true;
}

/* Emit the event of a wait for mmap_lock. Return true if the task is in a fault. */
static bool lock_report(const struct wait_slot *slot, u64 duration)
{
	struct lock_record r = {
		.mm = mmapdemo_observe_mm(current->mm),
		.duration = duration,
		.write = slot->write,
		.holder = slot->holder,
		.trigger = mmapdemo_observe_trigger(),
	};

	r.fault = !slot->before || (!slot->write && in_fault(&r.trigger));
	trace_mmap_lock_wait(&r);
	if (mmapdemo_dmesg_wants())
		mmapdemo_dmesg_lock(&r);
	return r.fault;
}

/*
 * The wait has ended. Keep the slot for the fault that follows, or release the slot if
 * the task is not in a fault.
 */
static void lock_end(struct wait_now *now)
{
	struct wait_slot *slot = now->slot;
	struct moment end = mmapdemo_clock();
	u64 duration = moment_between(&slot->lock_start, &end);
	bool fault = lock_report(slot, duration);

	slot->lock = NULL;
	wait_turn_on(slot);
	if (!fault) {
		wait_release(now);
		return;
	}
	if (duration > slot->longest_lock) {
		slot->longest_lock = duration;
		slot->held_longest = slot->holder;
	}
	if (slot->before) {
		slot->lock_before += duration;
		slot->ip = mmapdemo_observe_ip();
	}
}

/**
 * mmapdemo_wait_locked - the current task no longer waits for a lock
 * @lock: any lock. While a task waits for mmap_lock, it may also wait for spinlocks
 */
void mmapdemo_wait_locked(const void *lock)
{
	struct wait_now *now;

	preempt_disable_notrace();
	now = this_cpu_ptr(&mmapdemo_wait_now);
	if (now->task == current && now->slot &&
	    now->slot->lock == lock && in_task())
		lock_end(now);
	preempt_enable_notrace();
}

/* ---- the fault ---- */

/* Begin a fault for which the task waited for mmap_lock before. */
static void wait_adopt(struct wait_slot *slot, const struct moment *start)
{
	slot->before = false;
	slot->since = *start;
	slot->part = MMAPDEMO_PART_WORK;
	slot->off = 0;
	slot->switches = 0;
	slot->longest_off = 0;
	slot->stack[slot->longest].size = 0;
	memset(slot->ns, 0, sizeof(slot->ns));
}

/**
 * mmapdemo_wait_resume - observe a task that is already observed, during an attempt
 * @now: the current CPU
 * @address: the touched address
 * @start: start of the first attempt
 *
 * The task has waited for mmap_lock, retries a fault, did not retry an earlier fault,
 * or is in another fault.
 *
 * Return: as mmapdemo_wait_begin().
 */
bool mmapdemo_wait_resume(struct wait_now *now, u64 address,
			  const struct moment *start)
{
	struct wait_slot *slot = now->slot;

	if (now->retry == address && now->retry) {
		now->retry = 0;
		return true;
	}
	if (slot && slot->before && slot->ip == mmapdemo_observe_ip()) {
		wait_adopt(slot, start);
		return true;
	}
	if (!now->retry && !(slot && slot->before))
		return false;
	if (slot)
		wait_release(now);
	now->task = current;
	now->retry = 0;
	now->start = *start;
	return true;
}

/* Return true if a function of a sleeping stack is part of every sleep. */
static bool where_is_common(const char *name)
{
	return strstr(name, "schedule") || strstr(name, "sched_switch") ||
	       strstr(name, "cond_resched") || strstr(name, "wait_switch") ||
	       strstr(name, "wait_save_stack");
}

/* Write the names of the functions of a stack, up to the function that is probed. */
static void where_print(char *out, size_t size, const struct wait_stack *stack)
{
	size_t length = 0;
	char name[48];
	unsigned int i;

	for (i = 0; i < stack->size; i++) {
		snprintf(name, sizeof(name), "%ps", (void *)stack->entry[i]);
		name[strcspn(name, " .")] = '\0';
		if (!strcmp(name, "handle_mm_fault") ||
		    length + 1 + strlen(name) >= size)
			return;
		if (length || !where_is_common(name))
			length += sprintf(out + length, "%s%s",
					  length ? "<" : "", name);
	}
}

/*
 * MMAPDEMO_PART_WORK is the rest of the duration. The clock is read for each part, so the
 * parts can be a few ns longer than the duration.
 */
static void parts_sum(const struct wait_slot *slot, u64 duration,
		      struct time_record *out)
{
	u64 left = duration;
	u32 i;

	for (i = MMAPDEMO_PART_WORK + 1; i < MMAPDEMO_PARTS; i++) {
		out->part[i] = min(slot->ns[i], left);
		left -= out->part[i];
	}
	out->part[MMAPDEMO_PART_WORK] = left;
	for (i = 0; i < MMAPDEMO_PARTS; i++)
		if (parts_unknown & BIT(i))
			out->part[i] = PART_NOT_KNOWN;
	out->lock_before = parts_unknown & BIT(MMAPDEMO_PART_LOCK) ? PART_NOT_KNOWN :
							    slot->lock_before;
}

/* The task had no slot, or the session began during the fault. */
static void parts_lost(struct time_record *out)
{
	u32 i;

	for (i = 0; i < MMAPDEMO_PARTS; i++)
		out->part[i] = PART_NOT_KNOWN;
	out->lock_before = PART_NOT_KNOWN;
	out->holder.nr = -1;
}

/**
 * mmapdemo_wait_end - get the parts of a fault that has ended
 * @duration: duration of the fault in ns; 0: not known
 * @out: out: the parts, if true is returned
 *
 * Return: true if the fault was slow, and its duration is known.
 */
bool mmapdemo_wait_end(u64 duration, struct time_record *out)
{
	struct wait_now *now = this_cpu_ptr(&mmapdemo_wait_now);
	struct wait_slot *slot = now->slot;
	bool slow = duration;

	memset(out, 0, sizeof(*out));
	if (!slot || slot->before) {
		if (slot)
			wait_release(now);
		parts_lost(out);
		return slow;
	}
	wait_settle(slot, current);
	wait_turn(slot, MMAPDEMO_PART_WORK);
	slow &= slot->slow;
	if (slow) {
		parts_sum(slot, duration, out);
		out->holder = slot->held_longest;
		if (!out->holder.pid)
			out->holder.nr = -1;
		out->switches = slot->switches;
		out->read_bytes = slot->read_bytes;
		out->cache_pages = slot->cache_pages;
		out->reclaimed = slot->reclaimed;
		where_print(out->where, sizeof(out->where),
			    &slot->stack[slot->longest]);
	}
	wait_release(now);
	return slow;
}

/* ---- sessions ---- */

/**
 * mmapdemo_wait_start - prepare to observe faults
 *
 * No function of an earlier session runs any longer.
 *
 * Return: 0 or -ENOMEM.
 */
int mmapdemo_wait_start(void)
{
	int cpu;

	if (!slots)
		slots = kvcalloc(ARRAY_SIZE(keys), sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	memset(keys, 0, sizeof(keys));
	atomic_set(&slots_used, 0);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&mmapdemo_wait_now, cpu), 0,
		       sizeof(struct wait_now));
	return 0;
}

/**
 * mmapdemo_wait_unknown - set the parts that the kernel does not show
 * @parts: the parts, one bit per enum mmapdemo_fault_part
 */
void mmapdemo_wait_unknown(u32 parts)
{
	parts_unknown = parts;
}

/** mmapdemo_wait_known - return the parts that the kernel shows, during a session */
u32 mmapdemo_wait_known(void)
{
	return (BIT(MMAPDEMO_PARTS) - 1) & ~READ_ONCE(parts_unknown);
}

/** mmapdemo_wait_free - free the slots, when no session is left */
void mmapdemo_wait_free(void)
{
	kvfree(slots);
	slots = NULL;
}
