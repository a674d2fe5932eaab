// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe engine.
 *
 * A probe is armed while at least one user wants it, and counts its users as
 * bits: the events that are enabled, dmesg, and counters. Events arm while the
 * trace core enables them, under its event_mutex; the order is event_mutex ->
 * events_lock -> probes_lock -> direct_lock -> the kernel's own locks for patching
 * text.
 *
 * Others wait for event_mutex, so nothing is done under it that can be done later:
 * probes_work has trampolines take over from kretprobes, and detaches what nobody
 * has wanted for the time of the parameter linger, all of it together. Until then a
 * disarmed probe stays attached, observes nothing, and is armed again at no cost.
 * The work waits for grace periods, of RCU and of RCU tasks, without probes_lock.
 * release_work waits only for the calls that may see a probe armed that is not, and
 * lets the module go.
 *
 * An event can still be enabled when the module goes away: the trace core then
 * disables it after module_exit(). mmapdemo_probes_exit() has detached
 * everything by then, and disarming twice does nothing.
 */
#include "probe/attach.h"
#include "clock.h"
#include "common.h"
#include "compat/workqueue.h"
#include "trace/hooks.h"
#include "mmapdemo.h"
#include "trace/observe.h"
#include "probe/pending.h"
#include "probe/probes.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#define PROBE_LIST(name, ...) &mmapdemo_probe_##name,
static struct probe *const probes[] = { MMAPDEMO_PROBES(PROBE_LIST) };
static_assert(ARRAY_SIZE(probes) <= MMAPDEMO_PROBES_MAX);

static DEFINE_MUTEX(probes_lock);
static bool probes_open;	/* between module_init() and module_exit() */
static bool probes_closed;	/* module_exit() began; both under probes_lock */
static bool probes_watched;	/* by probes_watch(); under probes_lock */
static unsigned int probes_linger = 5000;	/* ms; under probes_lock */

/* A trampoline follows a kretprobe when no other probe was armed for this time. */
#define PROBES_HANDOVER_DELAY (HZ / 4)

#define PROBES_LINGER_MAX (3600 * MSEC_PER_SEC)

static void probes_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(probes_work, probes_work_fn);
static void release_work_fn(struct work_struct *work);
static DECLARE_WORK(release_work, release_work_fn);

/*
 * The function that is known to be there. Otherwise the first candidate that is
 * taken, or the most telling error. Without memory nothing can be said of a
 * candidate: the next one is not tried.
 */
static int probe_choose(struct probe *probe,
			int (*take)(struct probe *probe, const char *symbol))
{
	const char *const *symbol;
	int err = -ENOENT;

	lockdep_assert_held(&probes_lock);

	if (probe->symbol)
		return take(probe, probe->symbol);
	for (symbol = probe->symbols; *symbol; symbol++) {
		int ret = take(probe, *symbol);

		if (!ret) {
			probe->symbol = *symbol;
			return 0;
		}
		if (ret == -ENOMEM)
			return ret;
		if (ret != -ENOENT)
			err = ret;
	}
	return err;
}

/*
 * What hooks need to know of the machine, from before the first is attached. The
 * kernel may wait for a grace period when it takes a tracepoint's function away, or
 * adds one after that, and others wait for it: it is done once, when the module is
 * loaded, and undone when it goes.
 */
static void probes_watch(void)
{
	lockdep_assert_held(&probes_lock);

	if (probes_watched)
		return;
	mmapdemo_clock_watch();
	mmapdemo_pending_watch();
	probes_watched = true;
}

static void probes_unwatch(void)
{
	lockdep_assert_held(&probes_lock);

	if (!probes_watched)
		return;
	mmapdemo_pending_unwatch();
	mmapdemo_clock_unwatch();
	probes_watched = false;
}

/* ... and undone when ftrace does not call us. */
static int probe_attach(struct probe *probe, const char *symbol)
{
	int ret = mmapdemo_attach(probe, symbol);

	if (!ret && !mmapdemo_attach_works(probe)) {
		mmapdemo_disarm(&probe, 1);
		ret = -EUNATCH;
	}
	return ret;
}

static int probe_get(struct probe *probe, u32 user)
{
	int ret;

	lockdep_assert_held(&probes_lock);

	if (!probe->users) {
		if (!probe->count)
			probe->count = alloc_percpu(struct probe_count);
		ret = probe->count ? probe_choose(probe, probe_attach) :
				     -ENOMEM;
		probe->error = -ret;
		probe->idle = jiffies;
		if (ret)
			return ret;
	}
	probe->users |= user;
	return 0;
}

/* Takes users away, and disarms all that nobody wants any longer at once. */
static void probes_put(u32 users)
{
	struct probe *unused[ARRAY_SIZE(probes)];
	unsigned int n = 0;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		u32 before = probes[i]->users;

		probes[i]->users &= ~users;
		if (!before || probes[i]->users)
			continue;
		probes[i]->idle = jiffies;
		unused[n++] = probes[i];
	}
	mmapdemo_disarm(unused, n);
}

/* ---- later ---- */

/* Looks for the function of a probe that was never armed. */
static void probe_locate(struct probe *probe, struct kprobe *kp)
{
	const char *const *symbol;

	mutex_lock(&probes_lock);
	for (symbol = probe->symbols; !probe->symbol && *symbol; symbol++)
		mmapdemo_locate(probe, *symbol, kp);
	mutex_unlock(&probes_lock);
}

/*
 * Looks for all functions once, so that arming need not: it takes milliseconds for
 * each. What that leaves registered goes after one grace period.
 */
static void probes_locate(void)
{
	static bool located;
	struct kprobe *left[ARRAY_SIZE(probes)];
	struct kprobe *kps;
	unsigned int n = 0;
	unsigned int i;

	if (located)
		return;
	located = true;
	kps = kcalloc(ARRAY_SIZE(probes), sizeof(*kps), GFP_KERNEL);
	if (!kps)
		return;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probe_locate(probes[i], &kps[i]);
		if (kps[i].addr)
			left[n++] = &kps[i];
	}
	unregister_kprobes(left, n);
	kfree(kps);
}

static bool probe_is_attached(const struct probe *probe)
{
	return probe->kretprobe || mmapdemo_direct_attached(probe);
}

/* Disarmed, and calls that the module stays for are still to be counted? */
static bool probe_leaves(const struct probe *probe)
{
	return !probe->users && mmapdemo_direct_held(probe);
}

static void release_schedule(void)
{
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probe_leaves(probes[i]))
			queue_work(system_dfl_wq, &release_work);
}

/* What is armed again meanwhile, and disarmed, comes with a later work. */
static void release_work_fn(struct work_struct *work)
{
	unsigned long rounds[ARRAY_SIZE(probes)];
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		rounds[i] = probe_leaves(probes[i]) ? probes[i]->rounds : 0;
	mutex_unlock(&probes_lock);
	synchronize_rcu_expedited();
	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probe_leaves(probes[i]) && probes[i]->rounds == rounds[i])
			mmapdemo_direct_release(probes[i]);
	mutex_unlock(&probes_lock);
}

/* When there is something to do for a probe, in jiffies from now; or never. */
static unsigned long probe_due(const struct probe *probe)
{
	unsigned long end = probe->idle + msecs_to_jiffies(probes_linger);

	if (probe->users)
		return probe->refused == EINPROGRESS ||
		       (probe->enabled &&
			probe->method == MMAPDEMO_METHOD_DIRECT) ?
		       PROBES_HANDOVER_DELAY : MAX_JIFFY_OFFSET;
	if (!probe_is_attached(probe))
		return MAX_JIFFY_OFFSET;
	if (probes_closed)
		return 0;
	return time_before(jiffies, end) ? end - jiffies : 0;
}

static void probes_schedule(void)
{
	unsigned long due = MAX_JIFFY_OFFSET;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		due = min(due, probe_due(probes[i]));
	if (due < MAX_JIFFY_OFFSET && probes_open)
		mod_delayed_work(system_dfl_wq, &probes_work, due);
}

/*
 * A trampoline takes over, or has done so when the probe was armed. The lock is
 * dropped meanwhile.
 */
static void probe_improve(struct probe *probe)
{
	lockdep_assert_held(&probes_lock);

	if (probe->users && probe->refused == EINPROGRESS)
		mmapdemo_direct_handover(probe, &probes_lock);
	else if (probe->enabled && probe->method == MMAPDEMO_METHOD_DIRECT)
		mmapdemo_kretprobe_disable(probe);
}

/* What nobody has wanted for long enough. */
static void probes_detach(void)
{
	struct kretprobe_slot *slots[ARRAY_SIZE(probes)];
	struct probe *list[ARRAY_SIZE(probes)];
	unsigned int n = 0;
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i]->users || probe_due(probes[i]))
			continue;
		slots[n] = mmapdemo_kretprobe_leave(probes[i]);
		list[n++] = probes[i];
	}
	mmapdemo_direct_detach(&probes_lock, list, n);
	mmapdemo_kretprobe_free(slots, n);
}

/* While a probe lingers the clock is looked at. */
static void probes_rest(void)
{
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i]->users || probe_is_attached(probes[i]))
			return;
	mmapdemo_clock_stop();
}

/*
 * An event can be enabled before module_init(), and a module that fails to load
 * then is freed without module_exit(): nothing may stay attached or be left to the
 * work. There are no trampolines yet.
 */
static void probes_detach_early(void)
{
	struct kretprobe_slot *slots[ARRAY_SIZE(probes)];
	struct probe *list[ARRAY_SIZE(probes)];
	unsigned int n = 0;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i]->users)
			continue;
		slots[n] = mmapdemo_kretprobe_leave(probes[i]);
		list[n++] = probes[i];
	}
	mmapdemo_kretprobe_free(slots, n);
	if (n == ARRAY_SIZE(probes))
		probes_unwatch();
	tracepoint_synchronize_unregister();
	for (i = 0; i < n; i++) {
		free_percpu(list[i]->count);
		list[i]->count = NULL;
	}
}

/* Detaches what nobody wants, as soon as it may. */
static void probes_leave(void)
{
	lockdep_assert_held(&probes_lock);

	if (!probes_open && !probes_closed) {
		probes_detach_early();
		return;
	}
	release_schedule();
	probes_rest();
	probes_schedule();
}

static void probes_work_fn(struct work_struct *work)
{
	unsigned int i;

	probes_locate();
	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		probe_improve(probes[i]);
	mutex_unlock(&probes_lock);
	probes_detach();
	mutex_lock(&probes_lock);
	probes_rest();
	probes_schedule();
	mutex_unlock(&probes_lock);
}

/*
 * Detaches all that nobody wants, and returns when it is. Holding no lock that
 * event_mutex is taken before.
 */
static void probes_settle(void)
{
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		probes[i]->idle = jiffies - msecs_to_jiffies(probes_linger);
	probes_schedule();
	mutex_unlock(&probes_lock);
	flush_work(&release_work);
	flush_delayed_work(&probes_work);
}

/**
 * mmapdemo_probes_arm - attach what some events need
 * @events: the events, one bit per enum mmapdemo_event
 * @user: in whose name; the bit that mmapdemo_probes_disarm() takes
 *
 * A probe that can't be attached on this kernel is left out, and
 * mmapdemo_probes_tell() says why: an event that needs several functions shows
 * what the others see. One that could be, given memory, is not: nothing is
 * attached then.
 *
 * Return: 0 when at least one probe is armed, else the error of the last: -EUNATCH
 * when ftrace is switched off.
 */
int mmapdemo_probes_arm(u32 events, u32 user)
{
	int err = -ENOENT;
	bool armed = false;
	unsigned int i;

	mutex_lock(&probes_lock);
	if (probes_closed) {
		err = -ESHUTDOWN;
		goto out_unlock;
	}
	mmapdemo_observe_seed();
	probes_watch();
	mmapdemo_clock_start();
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		int ret;

		if (!(probes[i]->events & events))
			continue;
		ret = probe_get(probes[i], user);
		if (ret == -ENOMEM)
			goto err_put;
		if (ret)
			err = ret;
		else
			armed = true;
	}
	probes_leave();
	if (!armed && err == -EUNATCH)
		pr_warn_ratelimited("ftrace is switched off, nothing can be observed: sysctl kernel.ftrace_enabled=1 switches it on\n");
out_unlock:
	mutex_unlock(&probes_lock);
	return armed ? 0 : err;

err_put:
	probes_put(user);
	probes_leave();
	mutex_unlock(&probes_lock);
	return -ENOMEM;
}

/**
 * mmapdemo_probes_disarm - observe nothing any longer that only this user wanted
 * @user: as in mmapdemo_probes_arm()
 *
 * What runs for a probe at this moment can still be in its enter() or leave(), until
 * an RCU grace period later.
 */
void mmapdemo_probes_disarm(u32 user)
{
	mutex_lock(&probes_lock);
	probes_put(user);
	probes_leave();
	mutex_unlock(&probes_lock);
}

/**
 * mmapdemo_probes_attach_by - use this way to attach from now on
 * @method: MMAPDEMO_METHOD_*, with NONE the best for each probe
 *
 * What is still attached is detached first.
 *
 * Return: 0, or -EBUSY when something is armed.
 */
int mmapdemo_probes_attach_by(u32 method)
{
	unsigned int i;
	int ret = 0;

	probes_settle();
	mutex_lock(&probes_lock);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i]->users)
			ret = -EBUSY;
		else
			probes[i]->error = 0;
	}
	if (!ret)
		mmapdemo_attach_only(method);
	mutex_unlock(&probes_lock);
	return ret;
}

/* Could it be attached? */
static int probe_check(struct probe *probe, const char *symbol)
{
	return mmapdemo_locate(probe, symbol, NULL);
}

/*
 * Keeps the answer when it is yes: looking a symbol up takes milliseconds. An error
 * of attaching stays until that is tried again.
 */
static int probe_try(struct probe *probe)
{
	if (probe->error)
		return -probe->error;
	return probe->symbol ? 0 : probe_choose(probe, probe_check);
}

/* The counters of all CPUs, each read once. */
static struct probe_count probe_sum(const struct probe *probe)
{
	struct probe_count sum = { };
	int cpu;

	if (!probe->count)
		return sum;
	for_each_possible_cpu(cpu) {
		const struct probe_count *count = per_cpu_ptr(probe->count, cpu);

		sum.hits += READ_ONCE(count->hits);
		sum.missed += READ_ONCE(count->missed);
		sum.inside += READ_ONCE(count->inside);
	}
	return sum;
}

/** mmapdemo_probe_inside - calls that will end in our text */
long mmapdemo_probe_inside(const struct probe *probe)
{
	return probe_sum(probe).inside;
}

/* By which it is attached: observing, or after that for a while. */
static u32 probe_method(const struct probe *probe)
{
	if (probe->method)
		return probe->method;
	if (mmapdemo_direct_attached(probe))
		return MMAPDEMO_METHOD_DIRECT;
	return probe->kretprobe ? MMAPDEMO_METHOD_KRETPROBE :
				  MMAPDEMO_METHOD_NONE;
}

/** mmapdemo_probes_count - how many probes there are */
unsigned int mmapdemo_probes_count(void)
{
	return ARRAY_SIZE(probes);
}

/**
 * mmapdemo_probes_tell - the state of one probe
 * @index: which, below mmapdemo_probes_count()
 * @out: filled in, but for @size and @index
 *
 * Return: 0, or -EINVAL when there is no such probe.
 */
int mmapdemo_probes_tell(unsigned int index, struct mmapdemo_probe *out)
{
	struct probe_count count;
	struct probe *probe;

	if (index >= ARRAY_SIZE(probes))
		return -EINVAL;
	probe = probes[index];

	mutex_lock(&probes_lock);
	count = probe_sum(probe);
	out->events = probe->events;
	out->hits = count.hits;
	out->missed = count.missed + probe->missed;
	/* A call that changes its CPU meanwhile is not less than none. */
	out->inside = max(count.inside, 0L);
	out->pending = mmapdemo_pending_count(probe->keeps);
	out->missed += mmapdemo_kretprobe_missed(probe);
	out->method = probe_method(probe);
	if (probe->users) {
		out->state = MMAPDEMO_PROBE_ARMED;
		out->error = mmapdemo_attach_works(probe) ? probe->refused :
							    EUNATCH;
	} else {
		out->error = -probe_try(probe);
		out->state = out->error ? MMAPDEMO_PROBE_ABSENT :
					  MMAPDEMO_PROBE_READY;
	}
	strscpy(out->symbol, probe->symbol ?: probe->symbols[0],
		sizeof(out->symbol));
	mutex_unlock(&probes_lock);
	return 0;
}

/* ---- beginning and end ---- */

static int linger_set(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int ret = kstrtouint(value, 0, &ms);

	if (ret)
		return ret;
	if (ms > PROBES_LINGER_MAX)
		return -EINVAL;
	mutex_lock(&probes_lock);
	/* Parameters can be written until after module_exit(). */
	if (probes_closed) {
		ret = -ESHUTDOWN;
	} else {
		probes_linger = ms;
		probes_schedule();
	}
	mutex_unlock(&probes_lock);
	if (ret)
		return ret;
	flush_work(&release_work);
	if (!ms)
		flush_delayed_work(&probes_work);
	return 0;
}

static int linger_get(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%u\n", READ_ONCE(probes_linger));
}

static const struct kernel_param_ops linger_ops = {
	.set = linger_set,
	.get = linger_get,
};

module_param_cb(linger, &linger_ops, NULL, 0644);
MODULE_PARM_DESC(linger, "milliseconds for which functions stay attached to when nobody observes them any longer, at most 3600000; writing returns when what is disabled no longer keeps the module from being unloaded, writing 0 when nothing is attached in vain (default: 5000)");

/**
 * mmapdemo_probes_init - look for all functions, in the background
 *
 * The module is here to stay: what is armed already gets its trampolines.
 */
void mmapdemo_probes_init(void)
{
	mutex_lock(&probes_lock);
	probes_open = true;
	probes_watch();
	mmapdemo_direct_allow();
	mod_delayed_work(system_dfl_wq, &probes_work, 0);
	mutex_unlock(&probes_lock);
}

/**
 * mmapdemo_probes_exit - detach everything, for good
 *
 * Whatever is still enabled. Arming fails from now on. Waits for grace periods, and
 * for no task inside a function.
 */
void mmapdemo_probes_exit(void)
{
	unsigned int i;

	mutex_lock(&probes_lock);
	probes_open = false;
	probes_closed = true;
	probes_put(~0U);
	mutex_unlock(&probes_lock);
	cancel_work_sync(&release_work);
	cancel_delayed_work_sync(&probes_work);
	probes_detach();
	mutex_lock(&probes_lock);
	probes_unwatch();
	mutex_unlock(&probes_lock);
	tracepoint_synchronize_unregister();
	mmapdemo_direct_exit();
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		free_percpu(probes[i]->count);
		probes[i]->count = NULL;
	}
}
