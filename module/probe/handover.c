// SPDX-License-Identifier: GPL-2.0-only
/* Marks by which a kretprobe hands calls over to a trampoline: see handover.h. */
#include "common.h"
#include "probe/handover.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/string.h>

/*
 * A mark exists for only a few instructions, unless its task is preempted
 * during these instructions. A call that finds no free slot for a mark is
 * counted as missed.
 */
#define MARK_BITS 8
#define MARKS (1U << MARK_BITS)
#define MARK_TRIES 32U

/* The task of each mark, or NULL. A task sets and clears only its own mark. */
static struct task_struct *marks[MARKS];

static struct task_struct **mark_slot(unsigned int try)
{
	return &marks[(hash_ptr(current, MARK_BITS) + try) % MARKS];
}

static bool mark_set(void)
{
	unsigned int i;

	for (i = 0; i < MARK_TRIES; i++) {
		struct task_struct *old = cmpxchg(mark_slot(i), NULL, current);

		if (!old || old == current)
			return true;
	}
	return false;
}

/**
 * mmapdemo_handover_reset - clear all marks
 *
 * This function is called while no handover is in progress. Marks may remain
 * from an earlier handover, if calls were between the kretprobe and the
 * trampoline when the trampoline began to observe all calls.
 */
void mmapdemo_handover_reset(void)
{
	memset(marks, 0, sizeof(marks));
}

/**
 * mmapdemo_handover_passes - decide whether a kretprobe hands a call over to
 *	the trampoline
 * @probe: the probe, which must be armed
 *
 * The kretprobe calls this function for each call, with preemption disabled.
 */
notrace bool mmapdemo_handover_passes(struct probe *probe)
{
	if (READ_ONCE(probe->entry))
		return true;
	if (likely(!READ_ONCE(probe->direct.handover)))
		return false;
	if (!mark_set())
		this_cpu_inc(probe->count->missed);
	return true;
}
NOKPROBE_SYMBOL(mmapdemo_handover_passes);

/**
 * mmapdemo_handover_take - clear the mark of a call, if the call has a mark
 * @probe: the probe
 *
 * Until the trampoline observes all calls, it calls this function for each
 * call, with preemption disabled.
 *
 * Return: true if the kretprobe handed the call over to the trampoline.
 */
notrace bool mmapdemo_handover_take(const struct probe *probe)
{
	unsigned int i;

	if (likely(!READ_ONCE(probe->direct.handover)))
		return false;
	for (i = 0; i < MARK_TRIES; i++) {
		if (READ_ONCE(*mark_slot(i)) == current) {
			WRITE_ONCE(*mark_slot(i), NULL);
			return true;
		}
	}
	return false;
}
NOKPROBE_SYMBOL(mmapdemo_handover_take);
