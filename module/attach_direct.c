// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching with a trampoline of our own, which ftrace calls directly: costs a
 * fifth of a kretprobe. One per function at a time: a BPF fentry program or a
 * live patch that is there first makes it -EBUSY, one that comes later is told
 * the same.
 *
 * Who goes away when? A task may sleep inside the function with its way back
 * through our text. The calls inside are counted, on the CPU where they come
 * and on that where they go; only the sum means something. The module holds a
 * reference to itself from attaching until the probe is detached and no call is
 * inside any more: rmmod says that it is in use, and need not wait for others.
 *
 * After unregister_ftrace_direct() a task can still be anywhere in a trampoline,
 * preempted. synchronize_rcu_tasks() waits until every task has slept or was in
 * user space: then all calls that will come have come, and either are counted as
 * inside or are over. From there on the sum only falls, and whoever sees it at
 * zero lets the module go: the detaching task, or the last call on its way out.
 * That one is still in our text then, for some instructions without a sleep:
 * mmapdemo_direct_exit() waits for it, once.
 *
 * An enter() or a leave() is not observed itself: no function that may sleep is
 * called while preemption is disabled.
 *
 * A task that dies inside, by an oops, never comes out: the module stays. So it
 * does when ftrace can't take a call away again.
 */
#include "attach.h"
#include "attach_direct.h"
#include "attach_direct_x86.h"
#include "common.h"
#include "compat/direct.h"
#include "mmapdemo.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/static_call.h>

/* enter() may look at so many. */
static_assert(MMAPDEMO_PROBE_ARGS_MAX <= DIRECT_ARGS);

/* Of all probes: detached, with calls inside, or not. A leaf lock. */
static DEFINE_RAW_SPINLOCK(drain_lock);

static bool direct_allowed;	/* by mmapdemo_direct_allow() */
static bool direct_used;	/* a trampoline may have been entered */

/* ---- in the probed task ---- */

/**
 * mmapdemo_direct_drain - detached: if the last call is out nobody needs the module
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

/* Where ftrace calls from, in core kernel text that never moves. */
static int direct_locate(struct probe *probe, const char *symbol)
{
	unsigned long location;
	int ret;

	if (probe->direct.symbol == symbol)
		return 0;
	ret = mmapdemo_attach_locate(symbol, &location);
	if (ret)
		return ret;
	if (!location)
		return -EOPNOTSUPP;
	probe->direct.location = location;
	probe->direct.symbol = symbol;
	return 0;
}

/* The reference is still there when calls of the last time are inside. */
static int direct_hold(struct probe *probe)
{
	bool held;

	raw_spin_lock(&drain_lock);
	held = probe->direct.draining;
	probe->direct.draining = false;
	raw_spin_unlock(&drain_lock);
	return held || try_module_get(THIS_MODULE) ? 0 : -ESHUTDOWN;
}

/* Nobody enters any more. */
static void direct_release(struct probe *probe)
{
	raw_spin_lock(&drain_lock);
	probe->direct.draining = true;
	raw_spin_unlock(&drain_lock);
	preempt_disable();
	mmapdemo_direct_drain(probe);
	preempt_enable();
}

static int direct_attach(struct probe *probe, const char *symbol)
{
	const struct direct_text *text = mmapdemo_direct_text(probe);
	int ret;

	if (!direct_allowed)
		return -EAGAIN;
	if (probe->direct.stuck)
		return -EBUSY;
	ret = direct_locate(probe, symbol);
	if (ret)
		return ret;
	ret = direct_hold(probe);
	if (ret)
		return ret;
	probe->frame_bytes = round_up(probe->frame_size, sizeof(long));
	__static_call_update(text->key, text->call,
			     (void *)(probe->direct.location +
				      MCOUNT_INSN_SIZE));
	ret = direct_register(&probe->direct.ops, probe->direct.location,
			      (unsigned long)text->trampoline);
	if (ret) {
		direct_release(probe);
		return ret;
	}
	direct_used = true;
	probe->direct.rounds++;
	WRITE_ONCE(probe->direct.round, probe->direct.rounds);
	return 0;
}

/* Fails when ftrace has found itself broken, and patches nothing any more. */
static void direct_remove(struct probe *probe)
{
	const struct direct_text *text = mmapdemo_direct_text(probe);

	WRITE_ONCE(probe->direct.round, 0);
	probe->direct.stuck = direct_unregister(&probe->direct.ops,
						probe->direct.location,
						(unsigned long)text->trampoline);
}

static void direct_detach(struct probe *const *list, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		direct_remove(list[i]);
	synchronize_rcu_tasks();
	for (i = 0; i < n; i++) {
		if (!list[i]->direct.stuck)
			direct_release(list[i]);
	}
}

/* Counted where it happens: mmapdemo_probe_missed() knows. */
static u64 direct_missed(const struct probe *probe)
{
	return 0;
}

const struct attach_method mmapdemo_direct = {
	.name = "direct",
	.id = MMAPDEMO_METHOD_DIRECT,
	.attach = direct_attach,
	.detach = direct_detach,
	.missed = direct_missed,
};

/**
 * mmapdemo_direct_allow - the module is here to stay
 *
 * Until module_init() can't fail any more the method is not used: a module that
 * fails to load is freed whatever references it holds.
 */
void mmapdemo_direct_allow(void)
{
	WRITE_ONCE(direct_allowed, true);
}

/**
 * mmapdemo_direct_exit - wait until nobody is in a trampoline
 *
 * Called when all is detached and the module goes away.
 */
void mmapdemo_direct_exit(void)
{
	if (direct_used)
		synchronize_rcu_tasks();
}
