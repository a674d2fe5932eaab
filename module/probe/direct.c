// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file attaches probes by trampolines in the module. ftrace calls the
 * trampolines directly.
 *
 * A function can have only one direct call at a time. Attaching a trampoline
 * fails with -EBUSY if a BPF fentry program or a live patch is attached to the
 * function. While a trampoline is attached, attaching a BPF fentry program or a
 * live patch fails with -EBUSY.
 *
 * A trampoline stays attached for a while after its probe was disarmed. The
 * trampoline of a disarmed probe observes nothing: it returns to the body of
 * the function, which returns to the function's caller. Attaching and detaching
 * a trampoline takes RCU-tasks grace periods, so probes_work does both later.
 * But with the parameter attach=direct, a trampoline is attached at once.
 *
 * A task may sleep inside a probed function, and then return through the
 * module's text. The module counts the observed calls in progress in per-CPU
 * counters. A call is added on the CPU where it enters the function, and
 * subtracted on the CPU where it returns, so only the sum over all CPUs is
 * meaningful. While a trampoline observes calls, the module holds a reference
 * to itself. The reference is dropped after the probe was disarmed and the last
 * counted call has returned. While the module holds the reference, rmmod fails
 * because the module is in use, and does not wait for other tasks.
 *
 * A call is counted in the same preempt-disabled section in which the
 * trampoline finds the probe armed. So when an RCU grace period has passed
 * since the probe was disarmed, no call is added any longer, and the sum only
 * falls. When the sum is zero, release_work or the last call drops the
 * reference. At that time, tasks can still be in the module's text, because
 * they are in a trampoline that ignores the call, or in the last instructions
 * after a counted call. A task in the module's text can be preempted at any
 * instruction, even after unregister_ftrace_direct(). mmapdemo_direct_exit()
 * waits for these tasks with synchronize_rcu_tasks(), which returns when every
 * task has slept voluntarily or was in user space.
 *
 * enter() and leave() must not call a probed function, because probed functions
 * may sleep, and preemption is disabled in enter() and leave().
 *
 * If an oops kills a task inside a probed function, the call never returns, and
 * the module can no longer be unloaded. If ftrace can't detach a trampoline,
 * the module can no longer be unloaded either.
 *
 * Locks: the probe engine's lock is taken before direct_lock. direct_lock is
 * held while ftrace attaches and detaches trampolines, including the grace
 * periods. Normally, no task holds the engine's lock during this time, and no
 * task waits for direct_lock. With attach=direct, a task may hold the engine's
 * lock during this time, and while the task waits for direct_lock.
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

/*
 * drain_lock protects probe.direct.draining of all probes. No other lock is
 * taken while drain_lock is held.
 */
static DEFINE_RAW_SPINLOCK(drain_lock);

/* direct_lock protects probe.direct.attached of all probes. */
static DEFINE_MUTEX(direct_lock);

static bool direct_allowed;	/* true after mmapdemo_direct_allow() */
static bool direct_used;	/* true if a trampoline may have been entered */
static bool direct_stuck;	/* true if a trampoline could not be detached */

/* ---- in the probed task ---- */

/**
 * mmapdemo_direct_drain - drop a probe's reference to the module after the last
 *	call
 * @probe: a probe that is being released, or a probe of which a call has just
 *	returned
 *
 * The function does nothing unless the probe is disarmed and its last call has
 * returned.
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
 * mmapdemo_direct_handed - observe a call if a kretprobe handed the call over
 * @probe: a probe whose trampoline observes only calls with a mark
 * @args: arguments of the call
 * @frame: out: data for mmapdemo_direct_leave()
 *
 * The caller has disabled preemption.
 *
 * Return: true if the caller must call mmapdemo_direct_leave() when the
 * function returns.
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
 * @frame: out: data for mmapdemo_direct_leave()
 *
 * Return: true if the caller must call mmapdemo_direct_leave() when the
 * function returns.
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
 * @ret: return value of the probed function
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
 * disabled, direct_register() returns -EBUSY on Linux 6.3 and older, even if
 * nothing else is attached.
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
 * Take a reference to the module for a probe, or keep the reference from the last
 * arming. That reference is dropped only after an RCU grace period, and after the
 * last counted call has returned.
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
 * @probe: a probe whose round is already 0
 *
 * If mmapdemo_direct_held() returns true, the caller must call
 * mmapdemo_direct_release() after an RCU grace period, unless the probe is armed
 * again.
 */
void mmapdemo_direct_disarm(struct probe *probe)
{
	WRITE_ONCE(probe->direct.handover, false);
}

/**
 * mmapdemo_direct_held - check if the probe holds a reference to the module
 * @probe: a probe
 *
 * Return: true from the arming of a trampoline until mmapdemo_direct_release().
 */
bool mmapdemo_direct_held(const struct probe *probe)
{
	return probe->direct.held;
}

/**
 * mmapdemo_direct_release - drop a probe's reference to the module after the
 *	last counted call
 * @probe: a probe that was disarmed at least one RCU grace period ago
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

/*
 * Return 0 if the trampoline is attached. If @now is true, attach the
 * trampoline first.
 */
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
 * @now: true to attach the trampoline if it is not attached. Attaching may take
 *	RCU-tasks grace periods
 *
 * After this function has succeeded, the module can't be unloaded until
 * mmapdemo_direct_release().
 *
 * Return: 0; -EINPROGRESS if @now is false and the trampoline is not attached,
 * or is being attached or detached; -ENOENT if there is no such function;
 * -EOPNOTSUPP if the function has no ftrace location; -EBUSY if another direct
 * call is attached, or the trampoline could not be detached earlier; -EUNATCH
 * if ftrace is disabled; -EAGAIN if @now is true before mmapdemo_direct_allow()
 * was called; -ESHUTDOWN if the module is being unloaded.
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

/** mmapdemo_direct_attached - check if ftrace calls the probe's trampoline */
bool mmapdemo_direct_attached(const struct probe *probe)
{
	return READ_ONCE(probe->direct.attached);
}

/*
 * Detach a trampoline. Detaching fails if ftrace has found an error and no
 * longer patches text.
 */
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
 * mmapdemo_direct_detach - detach the trampolines of probes
 * @lock: the probe engine's lock, which the caller holds, and which this
 *	function drops
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

/*
 * Step 2: make the kretprobe leave a mark for each call that the trampoline
 * should observe.
 */
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

/*
 * Step 3: make the trampoline observe all calls. probe.direct.handover stays
 * set until the probe is disarmed.
 */
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
 * @probe: a probe that is armed and uses a kretprobe
 * @lock: the probe engine's lock, which the caller holds, and which is dropped
 *	during waits
 *
 * On failure, @probe->refused is set to the reason. If ftrace is disabled, the
 * reason is EINPROGRESS.
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
 * mmapdemo_direct_allow - allow probes to use trampolines
 *
 * A module that fails to load is freed even if there are references to it. So
 * trampolines are not used until it is certain that module_init() will succeed.
 */
void mmapdemo_direct_allow(void)
{
	WRITE_ONCE(direct_allowed, true);
}

/**
 * mmapdemo_direct_exit - wait until no task is in a trampoline
 *
 * This function is called when the module is unloaded, after all probes were
 * detached. If ftrace could not detach a trampoline, this function never
 * returns, because ftrace still calls the trampoline, which must not be freed.
 */
void mmapdemo_direct_exit(void)
{
	if (direct_stuck)
		pr_alert("ftrace could not detach a direct call, so the module can't be unloaded; reboot\n");
	while (direct_stuck)
		schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
	if (direct_used)
		synchronize_rcu_tasks();
}
