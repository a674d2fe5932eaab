// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching with a trampoline in the module, which ftrace calls directly.
 *
 * A function can have only one direct call at a time. Attaching fails with
 * -EBUSY if a BPF fentry program or a live patch is attached. These get the
 * same error while a trampoline is attached.
 *
 * A trampoline stays attached for a while after its probe was disarmed.
 * Meanwhile it only passes calls on: it returns to the body of the function,
 * which returns to the function's caller. So attaching and detaching, which
 * take RCU-tasks grace periods, are left to probes_work, except with the
 * parameter attach=direct.
 *
 * A task may sleep inside a probed function and return through the module's
 * text. Such calls are counted, on the CPU where they enter and on the CPU
 * where they leave; only the sum over all CPUs is meaningful. The module holds
 * a reference to itself from the arming of a probe until the probe is disarmed
 * and the last such call has returned. Meanwhile rmmod fails because the module
 * is in use, instead of waiting for other tasks.
 *
 * Calls are counted with preemption disabled, in the same section that finds
 * the probe armed. So once an RCU grace period has passed since the disarming,
 * no call is added, and the sum only falls. When the sum is zero, release_work
 * or the last call drops the reference. At that time, tasks can still be in the
 * module's text: in a trampoline that passes a call on, or on the way out of a
 * call that is no longer counted. They can be preempted at any instruction
 * there, even after unregister_ftrace_direct(). mmapdemo_direct_exit() waits
 * for these tasks with synchronize_rcu_tasks(), which returns when every task
 * has slept or was in user space.
 *
 * No probed function is called by enter() or leave(): probed functions may
 * sleep, and preemption is disabled here.
 *
 * If an oops kills a task inside a probed function, the call never returns, and
 * the module can no longer be unloaded. The same is true if ftrace can't detach
 * a trampoline.
 *
 * Locks: the probe engine's lock is taken before direct_lock. direct_lock is
 * held while ftrace attaches and detaches, including the grace periods. Only
 * with attach=direct does a task hold the engine's lock meanwhile, or wait for
 * direct_lock while it holds the engine's lock.
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

/* Protects probe.direct.draining of all probes. A leaf lock. */
static DEFINE_RAW_SPINLOCK(drain_lock);

/* Protects probe.direct.attached. Taken after the lock of the probe engine. */
static DEFINE_MUTEX(direct_lock);

static bool direct_allowed;	/* set by mmapdemo_direct_allow() */
static bool direct_used;	/* a trampoline may have been entered */
static bool direct_stuck;	/* a trampoline can't be detached */

/* ---- in the probed task ---- */

/**
 * mmapdemo_direct_drain - drop the module's reference after the last call
 * @probe: a probe that is being released, or whose call has just left
 *
 * Does nothing unless the probe is disarmed and waits for its last call.
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
 * mmapdemo_direct_handed - observe a call that a kretprobe left to the
 *	trampoline
 * @probe: a probe whose trampoline does not observe all calls
 * @args: arguments of the call
 * @frame: to be filled in
 *
 * Called with preemption disabled.
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
 * mmapdemo_direct_enter - handle the entry of a probed function
 * @probe: the probe
 * @args: arguments of the call
 * @frame: to be filled in
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
 * mmapdemo_direct_leave - handle the return of a probed function
 * @probe: the probe
 * @frame: the frame that mmapdemo_direct_enter() filled in
 * @ret: return value of the function
 *
 * Return: @ret.
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
 * The location is in core kernel text, which never moves. While ftrace is
 * disabled, Linux 6.3 and older return -EBUSY, although nothing else is
 * attached.
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
 * Take a reference to the module for a probe. The reference from the last
 * arming is reused if calls from that time are inside, or may be inside because
 * the probe was disarmed only a moment ago.
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
 * mmapdemo_direct_disarm - stop the trampoline of a probe from observing calls
 * @probe: a probe whose round is 0 already
 *
 * If mmapdemo_direct_held() returns true, mmapdemo_direct_release() must be called
 * after an RCU grace period, unless the probe is armed again.
 */
void mmapdemo_direct_disarm(struct probe *probe)
{
	WRITE_ONCE(probe->direct.handover, false);
}

/**
 * mmapdemo_direct_held - check if the probe holds the module
 * @probe: a probe
 *
 * Return: true while calls of a trampoline can still be counted.
 */
bool mmapdemo_direct_held(const struct probe *probe)
{
	return probe->direct.held;
}

/**
 * mmapdemo_direct_release - drop the module's reference once no call is inside
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

/* Return 0 if the trampoline is attached. If @now is true, attach it first. */
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
 * mmapdemo_direct_take - make the trampoline of a probe ready to observe
 * @probe: the probe, not armed
 * @symbol: the function
 * @now: attach it if it is not attached, which may take RCU-tasks grace periods
 *
 * The module can't be unloaded until mmapdemo_direct_release().
 *
 * Return: 0; -EINPROGRESS when @now is false and the trampoline is not
 * attached; -ENOENT when there is no such function; -EOPNOTSUPP when the
 * function has no ftrace location; -EBUSY when another direct call is attached,
 * or the trampoline could not be detached; -EUNATCH when ftrace is disabled;
 * -EAGAIN when @now is true, before mmapdemo_direct_allow(); -ESHUTDOWN when
 * the module is being unloaded.
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

/** mmapdemo_direct_attached - check if ftrace calls the trampoline, armed or not */
bool mmapdemo_direct_attached(const struct probe *probe)
{
	return READ_ONCE(probe->direct.attached);
}

/* Detach a trampoline. Fails if ftrace found an error and stopped patching. */
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
 * @lock: the lock of the probe engine; held by the caller, dropped here
 * @list: probes without users
 * @n: number of probes in @list
 *
 * A trampoline that can't be detached keeps the module loaded forever.
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

/* Step 1: attach the trampoline. */
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

/* Step 2: make the kretprobe leave marks. */
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

/* Step 3: the trampoline observes all calls. handover stays set until disarming. */
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
 * mmapdemo_direct_handover - let the trampoline take over from the kretprobe
 * @probe: a probe that is armed, by kretprobe
 * @lock: the lock of the probe engine; held by the caller, dropped while waiting
 *
 * On failure, probe.refused is the reason; EINPROGRESS while ftrace is
 * disabled.
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
 * mmapdemo_direct_allow - allow trampolines, once loading can no longer fail
 *
 * A module that fails to load is freed even if it is referenced. So trampolines
 * are not used before module_init() is certain to succeed.
 */
void mmapdemo_direct_allow(void)
{
	WRITE_ONCE(direct_allowed, true);
}

/**
 * mmapdemo_direct_exit - wait until no task is in a trampoline
 *
 * Called during unloading, when everything is detached. If ftrace could not
 * detach a trampoline, this function does not return: the trampoline is still
 * called and must not be freed.
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
