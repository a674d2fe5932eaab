// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe engine: probes with users are armed, and probes without users are
 * detached later.
 *
 * A probe is armed while it has at least one user. Each user is a bit: an
 * enabled event, the kernel log (dmesg), the counters of faults, or the self
 * test. The trace core holds its event_mutex when it enables an event, and so
 * the mutex is also held when the probes of the event are armed. The lock order
 * is event_mutex -> events_lock -> probes_lock -> direct_lock -> the kernel's
 * own locks for patching text.
 *
 * Other tasks may wait for event_mutex, so everything that can be deferred is
 * left to probes_work. probes_work lets trampolines take over from kretprobes.
 * probes_work also detaches, in one step, all probes that have had no user for
 * the time of the parameter linger. Until a disarmed probe is detached, it
 * observes nothing, and can be armed again at no cost. probes_work does not
 * hold probes_lock while it waits for RCU and RCU-tasks grace periods.
 * release_work waits only for calls that may still see a disarmed probe as
 * armed, and then drops the probe's reference to the module.
 *
 * If an event is still enabled when the module is unloaded, the trace core
 * disables the event after module_exit(). By then, mmapdemo_probes_exit() has
 * detached all probes, and disarming does nothing.
 */
#include "common.h"
#include "clock.h"
#include "compat/workqueue.h"
#include "mmapdemo.h"
#include "probe/attach.h"
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

static DEFINE_MUTEX(probes_lock);
/* True from module_init() to module_exit(); protected by probes_lock. */
static bool probes_open;
static bool probes_closed;	/* module_exit() has begun; protected by probes_lock */
static bool probes_watched;	/* probes_watch() was called; protected by probes_lock */
static unsigned int probes_linger = 5000;	/* in ms; protected by probes_lock */

/*
 * A trampoline takes over after this time, counted from the last time when any
 * probe was armed or disarmed.
 */
#define PROBES_HANDOVER_DELAY (HZ / 4)

/* Time between two checks whether ftrace is enabled again. */
#define PROBES_FTRACE_DELAY HZ

#define PROBES_LINGER_MAX (3600 * MSEC_PER_SEC)

static void probes_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(probes_work, probes_work_fn);
static void release_work_fn(struct work_struct *work);
static DECLARE_WORK(release_work, release_work_fn);

/*
 * If the probe's function is known, call @take for this function. Otherwise,
 * call @take for each candidate in probe->symbols, until a call succeeds. If
 * all calls fail, return the last error other than -ENOENT, or -ENOENT. -ENOMEM
 * does not depend on the candidate, so -ENOMEM ends the search.
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
 * Start watching for suspends and for exiting tasks before the first hook is
 * attached, because hooks depend on both. Adding or removing a tracepoint
 * function can take a grace period, during which other tasks would have to
 * wait. So the tracepoint functions are added only once, and are removed when
 * the module is unloaded.
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

/* Attach a probe. If ftrace does not call the probe, disarm it again. */
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

/*
 * Remove @users from all probes. Then disarm all probes that have lost their
 * last user, in one step.
 */
static void probes_put(u32 users)
{
	struct probe *unused[MMAPDEMO_PROBES_MAX];
	unsigned int n = 0;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < mmapdemo_nr_probes; i++) {
		u32 before = mmapdemo_probes[i]->users;

		mmapdemo_probes[i]->users &= ~users;
		if (!before || mmapdemo_probes[i]->users)
			continue;
		mmapdemo_probes[i]->idle = jiffies;
		unused[n++] = mmapdemo_probes[i];
	}
	mmapdemo_disarm(unused, n);
}

/* ---- deferred work ---- */

/* Find the function of a probe if it is not known yet. */
static void probe_locate(struct probe *probe, struct kprobe *kp)
{
	const char *const *symbol;

	mutex_lock(&probes_lock);
	for (symbol = probe->symbols; !probe->symbol && *symbol; symbol++)
		mmapdemo_locate(probe, *symbol, kp);
	mutex_unlock(&probes_lock);
}

/*
 * Find all functions once, in advance, because each lookup takes milliseconds.
 * After all lookups, the kprobes for the lookups are unregistered together, in
 * one grace period.
 */
static void probes_locate(void)
{
	static bool located;
	struct kprobe *left[MMAPDEMO_PROBES_MAX];
	struct kprobe *kps;
	unsigned int n = 0;
	unsigned int i;

	if (located)
		return;
	located = true;
	kps = kcalloc(mmapdemo_nr_probes, sizeof(*kps), GFP_KERNEL);
	if (!kps)
		return;
	for (i = 0; i < mmapdemo_nr_probes; i++) {
		probe_locate(mmapdemo_probes[i], &kps[i]);
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

/* Return true if the probe is disarmed, and still holds a reference to the module. */
static bool probe_leaves(const struct probe *probe)
{
	return !probe->users && mmapdemo_direct_held(probe);
}

static void release_schedule(void)
{
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < mmapdemo_nr_probes; i++)
		if (probe_leaves(mmapdemo_probes[i]))
			queue_work(system_dfl_wq, &release_work);
}

/*
 * Drop the module references of disarmed probes. If a probe was armed again
 * meanwhile, its reference is left to a later run of this work.
 */
static void release_work_fn(struct work_struct *work)
{
	unsigned long rounds[MMAPDEMO_PROBES_MAX];
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < mmapdemo_nr_probes; i++)
		rounds[i] = probe_leaves(mmapdemo_probes[i]) ? mmapdemo_probes[i]->rounds : 0;
	mutex_unlock(&probes_lock);
	synchronize_rcu_expedited();
	mutex_lock(&probes_lock);
	for (i = 0; i < mmapdemo_nr_probes; i++)
		if (probe_leaves(mmapdemo_probes[i]) && mmapdemo_probes[i]->rounds == rounds[i])
			mmapdemo_direct_release(mmapdemo_probes[i]);
	mutex_unlock(&probes_lock);
}

/*
 * Return true if ftrace has been disabled since the kretprobe of the probe was
 * attached. Detaching the kretprobe now would leave a flag in ftrace's record
 * of the function. When the last user of ftrace is detached, ftrace checks for
 * such flags, and stops forever if it finds one.
 */
static bool probe_is_cut_off(const struct probe *probe)
{
	return probe->enabled && !mmapdemo_attach_works(probe);
}

/*
 * Return the time in jiffies until probes_work has to work on the probe, or
 * MAX_JIFFY_OFFSET if there is nothing to do.
 */
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
	if (probe_is_cut_off(probe))
		return PROBES_FTRACE_DELAY;
	return time_before(jiffies, end) ? end - jiffies : 0;
}

static void probes_schedule(void)
{
	unsigned long due = MAX_JIFFY_OFFSET;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < mmapdemo_nr_probes; i++)
		due = min(due, probe_due(mmapdemo_probes[i]));
	if (due < MAX_JIFFY_OFFSET && probes_open)
		mod_delayed_work(system_dfl_wq, &probes_work, due);
}

/*
 * Let a trampoline take over. If the trampoline has observed all calls since
 * the probe was armed, only disable the kretprobe. probes_lock is dropped
 * during a takeover.
 */
static void probe_improve(struct probe *probe)
{
	lockdep_assert_held(&probes_lock);

	if (probe->users && probe->refused == EINPROGRESS)
		mmapdemo_direct_handover(probe, &probes_lock);
	else if (probe->enabled && probe->method == MMAPDEMO_METHOD_DIRECT)
		mmapdemo_kretprobe_disable(probe);
}

/*
 * Detach the probes that have had no user for as long as the parameter linger
 * says.
 */
static void probes_detach(void)
{
	struct kretprobe_slot *slots[MMAPDEMO_PROBES_MAX];
	struct probe *list[MMAPDEMO_PROBES_MAX];
	unsigned int n = 0;
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < mmapdemo_nr_probes; i++) {
		if (mmapdemo_probes[i]->users || probe_due(mmapdemo_probes[i]))
			continue;
		slots[n] = mmapdemo_kretprobe_leave(mmapdemo_probes[i]);
		list[n++] = mmapdemo_probes[i];
	}
	mmapdemo_direct_detach(&probes_lock, list, n);
	mmapdemo_kretprobe_free(slots, n);
}

/* Stop checking the clock if no probe has users and no probe is attached. */
static void probes_rest(void)
{
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < mmapdemo_nr_probes; i++)
		if (mmapdemo_probes[i]->users || probe_is_attached(mmapdemo_probes[i]))
			return;
	mmapdemo_clock_stop();
}

/*
 * Before module_init() has run, detach all probes without users immediately.
 * Events can be enabled and disabled before module_init(). If the module then
 * fails to load, it is freed without module_exit(), so no probe may stay
 * attached or be left to probes_work. There are no trampolines yet.
 */
static void probes_detach_early(void)
{
	struct kretprobe_slot *slots[MMAPDEMO_PROBES_MAX];
	struct probe *list[MMAPDEMO_PROBES_MAX];
	unsigned int n = 0;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < mmapdemo_nr_probes; i++) {
		if (mmapdemo_probes[i]->users)
			continue;
		slots[n] = mmapdemo_kretprobe_leave(mmapdemo_probes[i]);
		list[n++] = mmapdemo_probes[i];
	}
	mmapdemo_kretprobe_free(slots, n);
	if (n == mmapdemo_nr_probes)
		probes_unwatch();
	tracepoint_synchronize_unregister();
	for (i = 0; i < n; i++) {
		free_percpu(list[i]->count);
		list[i]->count = NULL;
	}
}

/*
 * Detach the probes without users. Normally, probes_work detaches these probes
 * later. Before module_init(), this function detaches the probes at once.
 */
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
	for (i = 0; i < mmapdemo_nr_probes; i++)
		probe_improve(mmapdemo_probes[i]);
	mutex_unlock(&probes_lock);
	probes_detach();
	mutex_lock(&probes_lock);
	probes_rest();
	probes_schedule();
	mutex_unlock(&probes_lock);
}

/*
 * Detach all probes without users, and wait until they are detached. The caller
 * must not hold any lock that comes after event_mutex in the lock order.
 */
static void probes_settle(void)
{
	unsigned int i;

	mutex_lock(&probes_lock);
	for (i = 0; i < mmapdemo_nr_probes; i++)
		mmapdemo_probes[i]->idle = jiffies - msecs_to_jiffies(probes_linger);
	probes_schedule();
	mutex_unlock(&probes_lock);
	flush_work(&release_work);
	flush_delayed_work(&probes_work);
}

/**
 * mmapdemo_probes_arm - arm the probes that events need
 * @events: the events, one bit per enum mmapdemo_event
 * @user: the user of the probes, one bit
 *
 * A probe that can't be attached on this kernel is skipped, and
 * mmapdemo_probes_read() returns the reason. If an event needs several probes,
 * the event shows what the attached probes observe. If there is not enough
 * memory for all probes, no probe is armed.
 *
 * Return: 0 if at least one probe is armed; -EUNATCH if none is armed because ftrace
 * or all kprobes are disabled; otherwise the error of the last probe that could not
 * be attached.
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
	mmapdemo_hooks_prepare();
	probes_watch();
	mmapdemo_clock_start();
	for (i = 0; i < mmapdemo_nr_probes; i++) {
		int ret;

		if (!(mmapdemo_probes[i]->events & events))
			continue;
		ret = probe_get(mmapdemo_probes[i], user);
		if (ret == -ENOMEM)
			goto err_put;
		if (!ret)
			armed = true;
		else if (err != -EUNATCH)
			err = ret;
	}
	probes_leave();
	if (!armed && err == -EUNATCH)
		pr_warn_ratelimited("ftrace or all kprobes are disabled, so nothing can be observed; enable them with sysctl kernel.ftrace_enabled=1 and with 1 in /sys/kernel/debug/kprobes/enabled\n");
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
 * mmapdemo_probes_disarm - remove a user, and disarm the probes without users
 * @user: the user that was passed to mmapdemo_probes_arm()
 *
 * enter() and leave() may still run until an RCU grace period has passed.
 */
void mmapdemo_probes_disarm(u32 user)
{
	mutex_lock(&probes_lock);
	probes_put(user);
	probes_leave();
	mutex_unlock(&probes_lock);
}

/*
 * Detach all probes without users. Probes that are armed later are attached by
 * @method, a MMAPDEMO_METHOD_*. With MMAPDEMO_METHOD_NONE, each probe is
 * attached by its best method. Return -EBUSY if a probe is armed.
 */
static int probes_attach_by(u32 method)
{
	unsigned int i;
	int ret = 0;

	probes_settle();
	mutex_lock(&probes_lock);
	for (i = 0; i < mmapdemo_nr_probes; i++) {
		if (mmapdemo_probes[i]->users)
			ret = -EBUSY;
		else
			mmapdemo_probes[i]->error = 0;
	}
	if (!ret)
		mmapdemo_attach_only(method);
	mutex_unlock(&probes_lock);
	return ret;
}

/* Return 0 if the function can be probed. */
static int probe_check(struct probe *probe, const char *symbol)
{
	return mmapdemo_locate(probe, symbol, NULL);
}

/*
 * Return 0 if the probe can be attached. The symbol that was found is stored,
 * because symbol lookup takes milliseconds. An error of an earlier attempt is
 * returned again, until the next attempt to attach the probe.
 */
static int probe_try(struct probe *probe)
{
	if (probe->error)
		return -probe->error;
	return probe->symbol ? 0 : probe_choose(probe, probe_check);
}

/* Return the method by which a probe is attached, even if the probe is disarmed. */
static u32 probe_method(const struct probe *probe)
{
	if (probe->method)
		return probe->method;
	if (mmapdemo_direct_attached(probe))
		return MMAPDEMO_METHOD_DIRECT;
	return probe->kretprobe ? MMAPDEMO_METHOD_KRETPROBE :
				  MMAPDEMO_METHOD_NONE;
}

/** mmapdemo_probes_count - return the number of probes */
unsigned int mmapdemo_probes_count(void)
{
	return mmapdemo_nr_probes;
}

/**
 * mmapdemo_probes_read - read the state of one probe
 * @index: number of the probe, below mmapdemo_probes_count()
 * @out: filled in, except the members size and index
 *
 * Return: 0, or -EINVAL if there is no such probe.
 */
int mmapdemo_probes_read(unsigned int index, struct mmapdemo_probe *out)
{
	struct probe_count count;
	struct probe *probe;

	if (index >= mmapdemo_nr_probes)
		return -EINVAL;
	probe = mmapdemo_probes[index];

	mutex_lock(&probes_lock);
	count = mmapdemo_probe_sum(probe);
	out->events = probe->events;
	out->hits = count.hits;
	out->missed = count.missed + probe->missed;
	/*
	 * The sum can be negative if a call moved to another CPU while the
	 * counters were read.
	 */
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

/* ---- the parameters ---- */

static const char *const methods[] = {
	[MMAPDEMO_METHOD_NONE] = "auto",
	[MMAPDEMO_METHOD_KRETPROBE] = "kretprobe",
#ifdef MMAPDEMO_HAVE_DIRECT
	[MMAPDEMO_METHOD_DIRECT] = "direct",
#endif
};

static int attach_set(const char *value, const struct kernel_param *param)
{
	int method = __sysfs_match_string(methods, ARRAY_SIZE(methods), value);

	if (method < 0) {
		pr_err("attach: must be auto, kretprobe or direct; direct needs a kernel that supports direct calls\n");
		return method;
	}
	return probes_attach_by(method);
}

static int attach_get(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n",
			 methods[mmapdemo_attach_method()]);
}

static const struct kernel_param_ops attach_ops = {
	.set = attach_set,
	.get = attach_get,
};

module_param_cb(attach, &attach_ops, NULL, 0644);
MODULE_PARM_DESC(attach, "how to attach probes to functions: direct, kretprobe or auto (default). auto: begin with kretprobes; if possible, replace the kretprobes of frequently called functions by direct calls. The parameter can be changed only while no probe is in use");

static int linger_set(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int ret = kstrtouint(value, 0, &ms);

	if (ret)
		return ret;
	if (ms > PROBES_LINGER_MAX)
		return -EINVAL;
	mutex_lock(&probes_lock);
	/* Users can still write parameters after module_exit(). */
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
MODULE_PARM_DESC(linger, "time in milliseconds for which unused probes stay attached, at most 3600000 (default 5000). A write waits until unused probes no longer prevent rmmod, except for calls in progress. A write of 0 waits until unused probes are detached");

/* ---- beginning and end ---- */

/**
 * mmapdemo_probes_init - start the probe engine
 *
 * This function is called when loading the module can't fail any longer. After
 * this call, armed probes may get trampolines. All functions are looked up in
 * the background.
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
 * mmapdemo_probes_exit - detach all probes permanently
 *
 * The function also detaches probes that still have users. After the function
 * has returned, no probe can be armed. The function waits for grace periods,
 * but not for tasks inside a probed function.
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
	for (i = 0; i < mmapdemo_nr_probes; i++) {
		free_percpu(mmapdemo_probes[i]->count);
		mmapdemo_probes[i]->count = NULL;
	}
}
