// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data that one hook stores for the next hook of the same task. Such data is
 * needed if one operation of the kernel consists of calls of two functions, and
 * if no function that calls both of these functions can be probed.
 *
 * A slot belongs to one task until that task takes the data, or exits. Only
 * this task, the owner, reads and writes the slot's data. Between the two
 * hooks, the task waits at most for a lock, so the next hook runs soon. If the
 * next hook does not run within STALE_JIFFIES, its call was missed, and the
 * slot is stale. Any task that finds a stale slot frees the slot. The owner
 * notices that its slot was freed.
 */
#include "common.h"
#include "compat/exit.h"
#include "probe/pending.h"
#include "probe/probes.h"
#include "probe/tracepoint.h"

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/string.h>

#define SLOT_BITS 8
#define SLOT_TRIES 8
#define STALE_JIFFIES (30 * HZ)

/*
 * Mark of a slot that its owner is filling in at this moment. The owner has
 * disabled preemption, so such a slot never becomes stale.
 */
#define MARK_CLAIMED U64_MAX

/*
 * @mark is 0 in a free slot. In a slot with an owner, @mark is MARK_CLAIMED or
 * the owner's mark_now(). No mark occurs twice, so cmpxchg() fails if the slot
 * has changed since the mark was read. @started distinguishes tasks that had
 * the same PID one after the other.
 */
struct slot {
	u64 mark;			/* changed only by cmpxchg() */
	/*
	 * start_time of the owner. Only the owner writes this member and the
	 * members below.
	 */
	u64 started;
	unsigned long round;		/* round of the probe that stored the data */
	enum pending kind;
	char data[MMAPDEMO_PENDING_MAX] __aligned(8);
};

static struct slot slots[1 << SLOT_BITS];

/*
 * Number of slots that have an owner. The number is usually 0, and then no task
 * searches the slots.
 */
atomic_t mmapdemo_pending_slots;

static unsigned long sweep_next;	/* time of the next sweep, in jiffies; races are harmless */
static bool pending_watched;	/* protected by the probe engine's lock */

/* Return a mark that contains the current task and time. */
static u64 mark_now(void)
{
	return (u64)current->pid << 32 | (u32)jiffies;
}

static bool mark_is_stale(u64 mark)
{
	return mark && mark != MARK_CLAIMED &&
	       (u32)jiffies - (u32)mark >= STALE_JIFFIES;
}

/* Free the slot, but only if the slot still has the mark @mark. */
static bool slot_free(struct slot *slot, u64 mark)
{
	if (cmpxchg(&slot->mark, mark, 0) != mark)
		return false;
	atomic_dec(&mmapdemo_pending_slots);
	return true;
}

static bool slot_claim(struct slot *slot)
{
	u64 mark = READ_ONCE(slot->mark);

	if (mark_is_stale(mark) && slot_free(slot, mark))
		mark = 0;
	if (mark || cmpxchg(&slot->mark, 0, MARK_CLAIMED))
		return false;
	atomic_inc(&mmapdemo_pending_slots);
	return true;
}

/* Return slot @i in the search order of the current task. */
static struct slot *slot_try(unsigned int i)
{
	u32 first = hash_32(current->pid, SLOT_BITS);

	return &slots[(first + i) % ARRAY_SIZE(slots)];
}

/* Return the current task's slot with data of one of @kinds, or NULL. */
static struct slot *slot_mine(u32 kinds, u64 *mark)
{
	unsigned int i;

	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(i);

		*mark = READ_ONCE(slot->mark);
		if (*mark >> 32 == current->pid &&
		    READ_ONCE(slot->started) == current->start_time &&
		    BIT(READ_ONCE(slot->kind)) & kinds)
			return slot;
	}
	return NULL;
}

/* Free stale slots. This function is called rarely, because it reads all slots. */
static void pending_sweep(void)
{
	unsigned int i;

	WRITE_ONCE(sweep_next, jiffies + STALE_JIFFIES);
	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		u64 mark = READ_ONCE(slots[i].mark);

		if (mark_is_stale(mark))
			slot_free(&slots[i], mark);
	}
}

/**
 * mmapdemo_pending_keep - store data for the task's next hook
 * @probe: the probe that stores the data
 * @kind: kind of the data, which replaces the task's earlier data of this kind
 * @data: the data, of which a copy is stored
 * @size: size of @data in bytes, at most MMAPDEMO_PENDING_MAX
 *
 * A hook calls this function with preemption disabled. If no slot is free, the
 * next hook finds no data, and @probe counts a missed call.
 */
void mmapdemo_pending_keep(struct probe *probe, enum pending kind,
			   const void *data, size_t size)
{
	unsigned int i;

	if (WARN_ON_ONCE(size > MMAPDEMO_PENDING_MAX))
		return;
	mmapdemo_pending_forget(kind);
	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(i);

		if (!slot_claim(slot))
			continue;
		WRITE_ONCE(slot->started, current->start_time);
		WRITE_ONCE(slot->kind, kind);
		slot->round = READ_ONCE(probe->round);
		memcpy(slot->data, data, size);
		/*
		 * From here on, other tasks may free the slot when it becomes
		 * stale.
		 */
		smp_store_release(&slot->mark, mark_now());
		return;
	}
	this_cpu_inc(probe->count->missed);
}

/**
 * mmapdemo_pending_take - get the data that the task's last hook stored
 * @probe: the probe that stored the data
 * @kind: kind of the data
 * @data: out: the data, valid only if true is returned
 * @size: as passed to mmapdemo_pending_keep()
 *
 * A hook calls this function. The stored data is dropped, even if false is
 * returned.
 *
 * Return: true if the task stored data less than STALE_JIFFIES ago, and @probe
 * has stayed armed since then, so that no call was missed in between.
 */
bool mmapdemo_pending_take(const struct probe *probe, enum pending kind,
			   void *data, size_t size)
{
	struct slot *slot;
	u64 mark;
	bool good;

	if (!mmapdemo_pending_any() ||
	    WARN_ON_ONCE(size > MMAPDEMO_PENDING_MAX))
		return false;
	if (time_after(jiffies, READ_ONCE(sweep_next)))
		pending_sweep();
	slot = slot_mine(BIT(kind), &mark);
	if (!slot)
		return false;
	good = !mark_is_stale(mark) && slot->round == READ_ONCE(probe->round);
	memcpy(data, slot->data, size);
	return slot_free(slot, mark) && good;
}

/**
 * mmapdemo_pending_forget - drop the data that was stored for the task's next
 *	hook
 * @kind: kind of the data
 */
void mmapdemo_pending_forget(enum pending kind)
{
	struct slot *slot;
	u64 mark;

	if (!mmapdemo_pending_any())
		return;
	slot = slot_mine(BIT(kind), &mark);
	if (slot)
		slot_free(slot, mark);
}

/**
 * mmapdemo_pending_count - return how many tasks have stored data
 * @kinds: kinds of the data, one bit per enum pending
 *
 * The function frees stale slots first. The slots are read one after the other,
 * while tasks may change slots.
 */
unsigned int mmapdemo_pending_count(u32 kinds)
{
	unsigned int count = 0;
	unsigned int i;

	pending_sweep();
	for (i = 0; i < ARRAY_SIZE(slots); i++)
		if (READ_ONCE(slots[i].mark) &&
		    BIT(READ_ONCE(slots[i].kind)) & kinds)
			count++;
	return count;
}

/* Free the slots of an exiting task, which may have been killed between two hooks. */
static void exit_seen(void *data, struct task_struct *task, bool group_dead)
{
	struct slot *slot;
	u64 mark;

	while (mmapdemo_pending_any()) {
		slot = slot_mine(~0U, &mark);
		if (!slot)
			return;
		slot_free(slot, mark);
	}
}

/**
 * mmapdemo_pending_watch - watch for exiting tasks
 *
 * If the exit of a task is not observed, the task's slot is freed after the
 * slot has become stale. The caller holds the probe engine's lock. The function
 * may sleep.
 */
void mmapdemo_pending_watch(void)
{
	pending_watched = !mmapdemo_tracepoint_register("sched_process_exit",
							EXIT_PROBE, NULL);
}

/**
 * mmapdemo_pending_unwatch - stop watching for exiting tasks
 *
 * The tracepoint function may still be running until
 * tracepoint_synchronize_unregister() has returned.
 */
void mmapdemo_pending_unwatch(void)
{
	if (pending_watched)
		mmapdemo_tracepoint_unregister("sched_process_exit",
					       EXIT_PROBE, NULL);
}
