// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time stamp counter (TSC) as a clock. This file decides whether the module
 * uses the TSC, and computes how long a tick is.
 *
 * The module uses the TSC, unless the kernel found the TSC unstable or detected
 * a hypervisor. When a virtual machine moves to another host, the speed of its
 * TSC may change. While a probe is attached, the module checks these conditions
 * every second. A suspend stops or resets the TSC, so each step of a suspend
 * gives the rate a new generation number. A duration that spans two generations
 * is unknown.
 */
#include "common.h"
#include "clock.h"

#include <asm/hypervisor.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <trace/events/power.h>

#define CHECK_INTERVAL HZ

u64 mmapdemo_clock_rate __read_mostly;

static DEFINE_RAW_SPINLOCK(clock_lock);	/* also taken while interrupts are disabled */
static u32 clock_khz;		/* frequency of the TSC, or 0; protected by clock_lock */
static u32 clock_generation;	/* generation of the last rate; protected by clock_lock */
static bool clock_watched;	/* protected by the probe engine's lock */

/* Return the frequency of the TSC in kHz, or 0 if the TSC must not be used. */
static u32 tsc_usable(void)
{
	if (!hypervisor_is_type(X86_HYPER_NATIVE) || check_tsc_unstable())
		return 0;
	return tsc_khz >= MOMENT_KHZ_MIN ? tsc_khz : 0;
}

/* Start a new generation: a duration that spans this call is unknown. */
static void clock_set(u32 khz)
{
	lockdep_assert_held(&clock_lock);

	clock_khz = khz;
	clock_generation++;
	WRITE_ONCE(mmapdemo_clock_rate,
		   khz ? moment_rate(khz, clock_generation) : 0);
}

/** mmapdemo_clock_slow - do the same as mmapdemo_clock_ns() with CLOCK_MONOTONIC */
u64 mmapdemo_clock_slow(const struct moment *start, u32 *ticks)
{
	const struct moment now = { .ticks = ktime_get_mono_fast_ns() };

	*ticks = now.ticks;
	return moment_between(start, &now);
}

static void clock_check(struct work_struct *unused);
static DECLARE_DELAYED_WORK(clock_work, clock_check);

/*
 * Stop using the TSC if the kernel found the TSC unstable. If the kernel has
 * measured a new frequency of the TSC, use the new frequency.
 */
static void clock_check(struct work_struct *unused)
{
	u32 khz = tsc_usable();
	unsigned long flags;

	raw_spin_lock_irqsave(&clock_lock, flags);
	if (khz != clock_khz)
		clock_set(khz);
	raw_spin_unlock_irqrestore(&clock_lock, flags);
	schedule_delayed_work(&clock_work, CHECK_INTERVAL);
}

/*
 * The kernel calls this function at each step of a suspend and of a resume
 * (tracepoint suspend_resume).
 */
static void clock_suspend(void *data, const char *action, int val, bool start)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&clock_lock, flags);
	clock_set(clock_khz);
	raw_spin_unlock_irqrestore(&clock_lock, flags);
}

/**
 * mmapdemo_clock_watch - start watching for suspends
 *
 * If there is no memory to register the tracepoint function, the module uses
 * CLOCK_MONOTONIC. The caller of this function, and of all functions below,
 * holds the probe engine's lock. This function may sleep.
 */
void mmapdemo_clock_watch(void)
{
	clock_watched = !register_trace_suspend_resume(clock_suspend, NULL);
}

/** mmapdemo_clock_start - select the best clock before hooks are attached */
void mmapdemo_clock_start(void)
{
	if (clock_watched)
		clock_check(NULL);
}

/** mmapdemo_clock_stop - stop checking the clock, when no hook is attached any longer */
void mmapdemo_clock_stop(void)
{
	cancel_delayed_work_sync(&clock_work);
}

/**
 * mmapdemo_clock_unwatch - stop watching for suspends
 *
 * The tracepoint function may still be running until
 * tracepoint_synchronize_unregister() returns.
 */
void mmapdemo_clock_unwatch(void)
{
	unsigned long flags;

	if (!clock_watched)
		return;
	mmapdemo_clock_stop();
	unregister_trace_suspend_resume(clock_suspend, NULL);
	raw_spin_lock_irqsave(&clock_lock, flags);
	clock_set(0);
	raw_spin_unlock_irqrestore(&clock_lock, flags);
}
