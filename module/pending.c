// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one hook leaves for the next one of the same task: where two functions
 * show one step, and no function around them can be probed.
 *
 * A slot belongs to the task whose pointer it holds, and only that task reads
 * and writes the rest. The next hook follows at once, but for the wait for a
 * lock. A task that was killed never comes back, and one that comes back after
 * STALE_NS was not observed meanwhile: its slot may be taken over by another
 * task by then, which the owner notices.
 */
#include "common.h"
#include "pending.h"

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#define SLOT_BITS 8
#define SLOT_TRIES 8
#define STALE_NS (10ULL * NSEC_PER_SEC)

struct slot {
	struct task_struct *owner;	/* NULL: free. Changed by cmpxchg() */
	u64 kept;			/* when, in ns */
	enum pending kind;		/* owner's, as what follows */
	char data[MMAPDEMO_PENDING_MAX] __aligned(8);
};

static struct slot slots[1 << SLOT_BITS];

/* Slots with an owner: mostly none, so that nobody has to look for his. */
atomic_t mmapdemo_pending_slots;

/* The @i-th place to look at, for who hashes to @first. */
static struct slot *slot_try(u32 first, unsigned int i)
{
	return &slots[(first + i) % ARRAY_SIZE(slots)];
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
	if (cmpxchg(&slot->owner, owner, current) != owner)
		return false;
	if (!owner)
		atomic_inc(&mmapdemo_pending_slots);
	return true;
}

/**
 * mmapdemo_pending_keep - leave something for the next hook
 * @kind: what; the task must have none of this kind
 * @data: copied
 * @size: of @data, at most MMAPDEMO_PENDING_MAX
 *
 * When all slots are taken the next hook finds nothing.
 */
void mmapdemo_pending_keep(enum pending kind, const void *data, size_t size)
{
	u32 first = hash_ptr(current, SLOT_BITS);
	u64 now = ktime_get_mono_fast_ns();
	unsigned int i;

	if (WARN_ON_ONCE(size > MMAPDEMO_PENDING_MAX))
		return;
	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(first, i);

		if (!slot_claim(slot, now))
			continue;
		memcpy(slot->data, data, size);
		WRITE_ONCE(slot->kind, kind);
		return;
	}
}

/**
 * mmapdemo_pending_take - what did the hook before leave?
 * @kind: what
 * @data: filled in when true is returned, else undefined
 * @size: as it was kept
 *
 * It is gone afterwards.
 *
 * Return: true when the task had left something, and not long ago.
 */
bool mmapdemo_pending_take(enum pending kind, void *data, size_t size)
{
	u32 first;
	unsigned int i;

	if (!mmapdemo_pending_any() ||
	    WARN_ON_ONCE(size > MMAPDEMO_PENDING_MAX))
		return false;
	first = hash_ptr(current, SLOT_BITS);
	for (i = 0; i < SLOT_TRIES; i++) {
		struct slot *slot = slot_try(first, i);
		bool stale;

		if (READ_ONCE(slot->owner) != current ||
		    READ_ONCE(slot->kind) != kind)
			continue;
		stale = ktime_get_mono_fast_ns() - READ_ONCE(slot->kept) >=
			STALE_NS;
		memcpy(data, slot->data, size);
		if (cmpxchg(&slot->owner, current, NULL) != current)
			return false;
		atomic_dec(&mmapdemo_pending_slots);
		return !stale;
	}
	return false;
}
