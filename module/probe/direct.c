// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching with a trampoline of our own, which ftrace calls directly: costs a
 * fifth of a kretprobe. One per function at a time: a BPF fentry program or a
 * live patch that is there first makes it -EBUSY, one that comes later gets the
 * same.
 *
 * A trampoline stays attached for a while after its probe was disarmed, and then
 * only passes calls on: it returns to the body of the function, which returns to
 * the function's caller. So what it costs to attach and to detach, RCU-tasks grace
 * periods, is paid by probes.c's work, except with the parameter attach=direct.
 *
 * What keeps the module? A task may sleep inside the function with its way back
 * through our text. These calls are counted, on the CPU where they come and on
 * that where they go; only the sum means something. The module holds a reference
 * to itself from arming until the probe is disarmed and no such call is inside
 * any longer: rmmod says that it is in use, and need not wait for others.
 *
 * Calls are counted with preemption disabled, where the probe is found armed. A
 * grace period of RCU after it was disarmed, all that will be counted are. From
 * there on the sum only falls, and the one that sees it at zero lets the module go:
 * probes.c's work, or the last call on its way out. mmapdemo_direct_exit() waits for
 * tasks that are in our text then, in trampolines that pass them on or on that way
 * out: after unregister_ftrace_direct() they can be anywhere in it, preempted, and
 * synchronize_rcu_tasks() waits until every task has slept or was in user space.
 *
 * An enter() or a leave() is not observed itself: no function that may sleep is
 * called while preemption is disabled.
 *
 * A task that dies inside, by an oops, never comes out: the module stays. So it
 * does when ftrace can't take a call away again.
 *
 * Locks: the probe engine's lock is taken first. direct_lock is held while ftrace
 * attaches and detaches and while that takes grace periods; the engine's lock is
 * not, and it waits for direct_lock with attach=direct only.
 */
#include "common.h"
#include "argument.h"
#include "compat/direct.h"
#include "mmapdemo.h"
#include "probe/attach.h"
#include "probe/direct.h"
#include "probe/handover.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/static_call.h>

/* Of all probes: disarmed, with calls inside, or not. A leaf lock. */
static DEFINE_RAW_SPINLOCK(drain_lock);

/* Which trampolines are attached. Taken after the lock of the probe engine. */
static DEFINE_MUTEX(direct_lock);

static bool direct_allowed;	/* by mmapdemo_direct_allow() */
static bool direct_used;	/* a trampoline may have been entered */
static bool direct_stuck;	/* a trampoline is called for ever */

/* ---- in the probed task ---- */

/**
 * mmapdemo_direct_drain - disarmed: after the last call nothing needs the module
 * @probe: whose call just went
 */
notrace void mmapdemo_direct_drain(struct probe *probe)
{
	bool last;

	raw_spin_lock(&drain_lock);
	last = probe->direct.draining && !mmapdemo_probe_inside(probe);
	if (last)
		probe->direct.draining = false;
	raw_spin_unlock(&drain_lock);
	if (last)
		module_put(THIS_MODULE);
}
NOKPROBE_SYMBOL(mmapdemo_direct_drain);

/**
 * mmapdemo_direct_handed - a call while a trampoline does not observe all calls
 * @probe: its probe
 * @args: its arguments
 * @frame: to be filled
 *
 * Observes the call if a kretprobe left it to us. Preemption is disabled.
 *
 * Return: true when mmapdemo_direct_leave() must be called.
 */
notrace bool mmapdemo_direct_handed(struct probe *probe,
				    const unsigned long *args,
				    struct direct_frame *frame)
{
	bool observed;

	if (likely(!mmapdemo_handover_take(probe)))
		return false;
	frame->round = READ_ONCE(probe->round);
	if (!frame->round)
		return false;
	__this_cpu_inc(probe->count->hits);
	observed = probe->enter(frame->data, args);
	__this_cpu_add(probe->count->inside, (long)observed);
	return observed;
}
NOKPROBE_SYMBOL(mmapdemo_direct_handed);

/**
 * mmapdemo_direct_enter - a probed function was called
 * @probe: its probe
 * @args: its arguments
 * @frame: to be filled
 *
 * Return: true when mmapdemo_direct_leave() must be called.
 */
notrace bool mmapdemo_direct_enter(struct probe *probe, unsigned long *args,
				   struct direct_frame *frame)
{
	return direct_enter(probe, args, frame, probe->enter);
}
NOKPROBE_SYMBOL(mmapdemo_direct_enter);

/**
 * mmapdemo_direct_leave - and it returns
 * @probe: its probe
 * @frame: the one that mmapdemo_direct_enter() filled
 * @ret: what it returns
 *
 * Return: the same.
 */
notrace unsigned long mmapdemo_direct_leave(struct probe *probe,
					    struct direct_frame *frame,
					    unsigned long ret)
{
	return direct_leave(probe, frame, ret, probe->leave);
}
NOKPROBE_SYMBOL(mmapdemo_direct_leave);

/* ---- attaching ---- */

/*
 * Where ftrace calls from, in core kernel text that never moves. Where ftrace is
 * switched off Linux 6.3 and older say that the place is taken.
 */
static int direct_attach(struct probe *probe)
{
	const struct direct_text *text = mmapdemo_direct_text(probe);
	int ret;

	lockdep_assert_held(&direct_lock);

	if (!probe->location)
		return -EOPNOTSUPP;
	probe->frame_bytes = round_up(probe->frame_size, sizeof(long));
	__static_call_update(text->key, text->call,
			     (void *)(probe->location + MCOUNT_INSN_SIZE));
	direct_used = true;
	ret = direct_register(&probe->direct.ops, probe->location,
			      (unsigned long)text->trampoline);
	if (ret == -EBUSY && !attach_calls(probe->location))
		ret = -EUNATCH;
	probe->direct.attached = !ret;
	return ret;
}

/*
 * The reference is still there when calls of the last time are inside, or may be: it
 * was disarmed a moment ago.
 */
static int direct_hold(struct probe *probe)
{
	bool held;

	if (probe->direct.held)
		return 0;
	raw_spin_lock(&drain_lock);
	held = probe->direct.draining;
	probe->direct.draining = false;
	raw_spin_unlock(&drain_lock);
	probe->direct.held = held || try_module_get(THIS_MODULE);
	return probe->direct.held ? 0 : -ESHUTDOWN;
}

/**
 * mmapdemo_direct_disarm - the trampoline of this probe observes no longer
 * @probe: a probe whose round is 0 already
 *
 * When mmapdemo_direct_held(), mmapdemo_direct_release() must be called after an
 * RCU grace period, unless the probe is armed again.
 */
void mmapdemo_direct_disarm(struct probe *probe)
{
	WRITE_ONCE(probe->direct.handover, false);
}

/** mmapdemo_direct_held - does the module stay for calls that will be counted? */
bool mmapdemo_direct_held(const struct probe *probe)
{
	return probe->direct.held;
}

/**
 * mmapdemo_direct_release - let the module go when no call is inside
 * @probe: a probe that was disarmed an RCU grace period ago
 */
void mmapdemo_direct_release(struct probe *probe)
{
	if (!probe->direct.held)
		return;
	probe->direct.held = false;
	raw_spin_lock(&drain_lock);
	probe->direct.draining = true;
	raw_spin_unlock(&drain_lock);
	preempt_disable();
	mmapdemo_direct_drain(probe);
	preempt_enable();
}

/* Attached already, or to be attached @now? */
static int direct_ready(struct probe *probe, bool now)
{
	int ret;

	if (now)
		mutex_lock(&direct_lock);
	else if (!mutex_trylock(&direct_lock))
		return -EINPROGRESS;
	if (probe->direct.stuck)
		ret = -EBUSY;
	else if (probe->direct.attached)
		ret = 0;
	else
		ret = now ? direct_attach(probe) : -EINPROGRESS;
	mutex_unlock(&direct_lock);
	return ret;
}

/**
 * mmapdemo_direct_take - have the trampoline of a probe ready to observe
 * @probe: the probe, not armed
 * @symbol: the function
 * @now: attach it if it is not attached, which may take RCU-tasks grace periods
 *
 * The module stays until mmapdemo_direct_release().
 *
 * Return: 0; -EINPROGRESS when it is not attached, and @now is false; -ENOENT when
 * there is no such function, -EOPNOTSUPP when ftrace can't call from there, -EBUSY
 * when somebody else is there, -EUNATCH when ftrace is switched off, -EAGAIN before
 * mmapdemo_direct_allow(), -ESHUTDOWN when the module goes away.
 */
int mmapdemo_direct_take(struct probe *probe, const char *symbol, bool now)
{
	int ret;

	if (!READ_ONCE(direct_allowed))
		return now ? -EAGAIN : -EINPROGRESS;
	ret = now ? mmapdemo_locate(probe, symbol, NULL) : 0;
	if (!ret)
		ret = direct_ready(probe, now);
	return ret ?: direct_hold(probe);
}

/** mmapdemo_direct_attached - is the trampoline called, whatever it does then? */
bool mmapdemo_direct_attached(const struct probe *probe)
{
	return READ_ONCE(probe->direct.attached);
}

/* Fails when ftrace has found itself broken, and patches nothing any longer. */
static void direct_remove(struct probe *probe)
{
	const struct direct_text *text = mmapdemo_direct_text(probe);

	probe->direct.stuck = direct_unregister(&probe->direct.ops,
						probe->location,
						(unsigned long)text->trampoline);
	probe->direct.attached = probe->direct.stuck;
	direct_stuck |= probe->direct.stuck;
}

/**
 * mmapdemo_direct_detach - detach trampolines
 * @lock: the lock of the probe engine, which is held; dropped
 * @list: probes that nobody wants
 * @n: how many
 *
 * One that can't be detached keeps the module for ever.
 */
void mmapdemo_direct_detach(struct mutex *lock, struct probe *const *list,
			    unsigned int n)
{
	bool any = false;
	unsigned int i;

	mutex_lock(&direct_lock);
	mutex_unlock(lock);
	for (i = 0; i < n; i++) {
		if (!list[i]->direct.attached || list[i]->direct.stuck)
			continue;
		direct_remove(list[i]);
		if (list[i]->direct.stuck)
			__module_get(THIS_MODULE);
		any = true;
	}
	if (any)
		synchronize_rcu_tasks();
	mutex_unlock(&direct_lock);
}

/* ---- taking over from a kretprobe: see handover.h ---- */

static bool handover_wanted(const struct probe *probe, unsigned long round)
{
	return probe->round == round && probe->method == MMAPDEMO_METHOD_KRETPROBE;
}

/* Step 1 */
static int handover_attach(struct probe *probe)
{
	int ret = 0;

	mutex_lock(&direct_lock);
	if (!probe->direct.attached)
		ret = direct_attach(probe);
	mutex_unlock(&direct_lock);
	if (!ret)
		synchronize_rcu_tasks();
	return ret;
}

/* Step 2 */
static int handover_begin(struct probe *probe, unsigned long round)
{
	int ret;

	if (!handover_wanted(probe, round))
		return -ECANCELED;
	ret = direct_hold(probe);
	if (ret)
		return ret;
	mmapdemo_handover_reset();
	WRITE_ONCE(probe->direct.handover, true);
	return 0;
}

/* Step 3. The kretprobe goes on leaving marks until it is disarmed. */
static void handover_end(struct probe *probe, unsigned long round)
{
	if (!handover_wanted(probe, round))
		return;
	WRITE_ONCE(probe->entry, round);
	mmapdemo_kretprobe_end(probe);
	probe->method = MMAPDEMO_METHOD_DIRECT;
	probe->refused = 0;
	mmapdemo_kretprobe_disable(probe);
}

/**
 * mmapdemo_direct_handover - have the trampoline take over from the kretprobe
 * @probe: a probe that is armed, by kretprobe
 * @lock: the lock of the probe engine, which is held; dropped while there is
 *	something to wait for
 *
 * When that fails probe.refused says why; EINPROGRESS while ftrace is switched off.
 */
void mmapdemo_direct_handover(struct probe *probe, struct mutex *lock)
{
	unsigned long round = probe->round;
	int ret;

	mutex_unlock(lock);
	ret = handover_attach(probe);
	mutex_lock(lock);
	if (!ret)
		ret = handover_begin(probe, round);
	if (ret) {
		if (handover_wanted(probe, round))
			probe->refused = ret == -EUNATCH ? EINPROGRESS : -ret;
		return;
	}
	mutex_unlock(lock);
	synchronize_rcu_tasks();
	mutex_lock(lock);
	handover_end(probe, round);
}

/* ---- beginning and end ---- */

/**
 * mmapdemo_direct_allow - the module is here to stay
 *
 * Until module_init() can't fail any longer the method is not used: a module that
 * fails to load is freed whatever references it holds.
 */
void mmapdemo_direct_allow(void)
{
	WRITE_ONCE(direct_allowed, true);
}

/**
 * mmapdemo_direct_exit - wait until no task is in a trampoline
 *
 * Called when all is detached and the module goes away. When ftrace broke just then
 * and can't detach a trampoline, it does not return: what is called must not go.
 */
void mmapdemo_direct_exit(void)
{
	if (direct_stuck)
		pr_alert("ftrace is broken, the module can't be unloaded\n");
	while (direct_stuck)
		schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
	if (direct_used)
		synchronize_rcu_tasks();
}
