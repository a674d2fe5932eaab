// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe engine.
 *
 * A probe is attached while at least one user wants it, and counts its users
 * as bits: the events that are enabled, dmesg, and counters. Events arm while
 * the trace core enables them, under its event_mutex; the order is event_mutex
 * -> events_lock -> probes_lock -> the kernel's own locks for patching text.
 *
 * An event can still be enabled when the module goes away: the trace core then
 * disables it after module_exit(). mmapdemo_probes_exit() has detached
 * everything by then, and disarming twice does nothing.
 */
#include "attach.h"
#include "clock_x86.h"
#include "common.h"
#include "hooks.h"
#include "mmapdemo.h"
#include "observe.h"
#include "pending.h"
#include "probes.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#define PROBE_LIST(name, ...) &mmapdemo_probe_##name,
static struct probe *const probes[] = { MMAPDEMO_PROBES(PROBE_LIST) };
static_assert(ARRAY_SIZE(probes) <= MMAPDEMO_PROBES_MAX);

static DEFINE_MUTEX(probes_lock);
static bool probes_closed;	/* module_exit() began; under probes_lock */
static bool probes_watched;	/* probes_watch(true); under probes_lock */

/*
 * The first candidate that is taken, else the most telling error. Without memory
 * nothing can be said of a candidate: the next one is not tried.
 */
static int probe_choose(struct probe *probe,
			int (*take)(struct probe *probe, const char *symbol))
{
	const char *const *symbol;
	int err = -ENOENT;

	lockdep_assert_held(&probes_lock);

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

static bool probes_used(void)
{
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i]->users)
			return true;
	return false;
}

/* What hooks need to know of the machine, from before the first is attached. */
static void probes_watch(bool watch)
{
	lockdep_assert_held(&probes_lock);

	if (watch && !probes_watched) {
		mmapdemo_clock_watch();
		mmapdemo_pending_watch();
	} else if (!watch && probes_watched) {
		mmapdemo_pending_unwatch();
		mmapdemo_clock_unwatch();
	}
	probes_watched = watch;
}

static int probe_get(struct probe *probe, u32 user)
{
	int ret;

	lockdep_assert_held(&probes_lock);

	if (!probe->users) {
		if (!probe->count)
			probe->count = alloc_percpu(struct probe_count);
		ret = probe->count ? probe_choose(probe, mmapdemo_attach) :
				     -ENOMEM;
		probe->error = -ret;
		if (ret)
			return ret;
	}
	probe->users |= user;
	return 0;
}

/* Takes users away, and detaches all that nobody wants any more at once. */
static void probes_put(u32 users)
{
	struct probe *unused[ARRAY_SIZE(probes)];
	unsigned int n = 0;
	unsigned int i;

	lockdep_assert_held(&probes_lock);

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		u32 before = probes[i]->users;

		probes[i]->users &= ~users;
		if (before && !probes[i]->users)
			unused[n++] = probes[i];
	}
	mmapdemo_detach(unused, n);
	probes_watch(probes_used());
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
 * Return: 0 when at least one probe is attached, else the error of the last.
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
	probes_watch(true);
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
	probes_watch(probes_used());
out_unlock:
	mutex_unlock(&probes_lock);
	return armed ? 0 : err;

err_put:
	probes_put(user);
	mutex_unlock(&probes_lock);
	return -ENOMEM;
}

/**
 * mmapdemo_probes_disarm - detach what only this user wanted
 * @user: as in mmapdemo_probes_arm()
 *
 * On return no enter() and leave() runs any more for a probe without users.
 */
void mmapdemo_probes_disarm(u32 user)
{
	mutex_lock(&probes_lock);
	probes_put(user);
	mutex_unlock(&probes_lock);
}

/**
 * mmapdemo_probes_attach_by - use this way to attach from now on
 * @method: the way, or NULL for the best for each probe
 *
 * Return: 0, or -EBUSY when something is attached.
 */
int mmapdemo_probes_attach_by(const struct attach_method *method)
{
	unsigned int i;
	int ret = 0;

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
	unsigned long location;

	return mmapdemo_attach_locate(symbol, &location);
}

/*
 * Keeps the answer when it is yes: looking a symbol up takes milliseconds. Who
 * was refused when it came to attaching is told so until it is tried again.
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
	out->inside = count.inside;
	out->pending = mmapdemo_pending_count(probe->keeps);
	if (probe->users) {
		out->state = MMAPDEMO_PROBE_ARMED;
		out->method = probe->method->id;
		out->error = probe->refused;
		out->missed += probe->method->missed(probe);
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

/**
 * mmapdemo_probes_exit - detach everything, for good
 *
 * Whatever is still enabled. Arming fails from now on.
 */
void mmapdemo_probes_exit(void)
{
	unsigned int i;

	mutex_lock(&probes_lock);
	probes_closed = true;
	probes_put(~0U);
	tracepoint_synchronize_unregister();
	mmapdemo_direct_exit();
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		free_percpu(probes[i]->count);
		probes[i]->count = NULL;
	}
	mutex_unlock(&probes_lock);
}
