// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults between two attempts.
 *
 * handle_mm_fault() returns VM_FAULT_RETRY when it had to give up the lock, for
 * example to wait for a page that is being read; the caller takes the lock
 * again and calls it once more. That is one fault. What the first attempt saw
 * is kept here for the time between the two, one slot for each task on the way.
 *
 * A slot belongs to the task whose pointer it holds, and only that task reads
 * and writes the rest. The next attempt follows at once, but for the wait for a
 * lock. A task that was killed never comes back, and one that comes back after
 * STALE_NS was not observed meanwhile: its slot may be taken over by another
 * task by then, which the owner notices.
 */
#include "common.h"
#include "retry.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#define SLOT_BITS 8
#define SLOT_TRIES 8
#define STALE_NS (10ULL * NSEC_PER_SEC)

struct slot {
	struct task_struct *owner;	/* NULL: free. Changed by cmpxchg() */
	u64 kept;			/* when, in ns */
	struct retry retry;		/* owner's */
};

static struct slot slots[1 << SLOT_BITS];

static struct slot *slot_try(unsigned int i)
{
	return &slots[(hash_ptr(current, SLOT_BITS) + i) %
		      ARRAY_SIZE(slots)];
}

static bool slot_claim(struct slot *slot, u64 now)
{
	struct task_struct *owner;

	/* Pairs with cmpxchg() below: a new owner is seen with its time. */
	owner = smp_load_acquire(&slot->owner);
	if (owner && now - READ_ONCE(slot->kept) < STALE_NS)
		return false;
	/* First, so that nobody takes a slot just claimed for a stale one. */
	WRITE_ONCE(slot->kept, now);
	return cmpxchg(&slot->owner, owner, current) == owner;
}

/**
 * mmapdemo_retry_keep - the fault is to be tried again
 * @retry: what is known of it
 *
 * When all slots are taken the next attempt looks like the first one.
 */
void mmapdemo_retry_keep(const struct retry *retry)
{
	u64 now = ktime_get_mono_fast_ns();
	unsigned int i;

	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(i);

		if (!slot_claim(slot, now))
			continue;
		slot->retry = *retry;
		return;
	}
}

/**
 * mmapdemo_retry_take - is this the next attempt of a fault?
 * @mm: whose address
 * @address: that was touched
 * @out: what is known of the attempts before
 *
 * Forgets the fault that the task was on, whatever the answer is.
 *
 * Return: true when the task had to try this very address again.
 */
bool mmapdemo_retry_take(const struct mm_struct *mm, u64 address,
			 struct retry *out)
{
	u64 now = ktime_get_mono_fast_ns();
	unsigned int i;

	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(i);
		bool stale;

		if (READ_ONCE(slot->owner) != current)
			continue;
		stale = now - READ_ONCE(slot->kept) >= STALE_NS;
		*out = slot->retry;
		if (cmpxchg(&slot->owner, current, NULL) != current)
			return false;
		return !stale && out->mm == mm && out->address == address;
	}
	return false;
}
