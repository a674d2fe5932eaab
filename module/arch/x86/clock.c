// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the TSC is used as a clock, and how long one of its ticks is.
 *
 * It is where the kernel uses it for sched_clock(): not in a virtual machine
 * whose hypervisor brings a clock of its own, where the TSC may change its speed
 * with the host, and not when the kernel found it unstable. While a probe is
 * attached this is looked at again every second. A suspend sets or stops the TSC:
 * each step of one begins a new generation of the rate.
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

static DEFINE_RAW_SPINLOCK(clock_lock);	/* taken with interrupts disabled, too */
static u32 clock_khz;		/* of mmapdemo_clock_rate, or 0; under clock_lock */
static u32 clock_generation;	/* of the last one; under clock_lock */
static bool clock_watched;	/* under the lock of the probe engine */

/* kHz of the TSC, if it may be used, or 0. */
static u32 tsc_usable(void)
{
	if (!hypervisor_is_type(X86_HYPER_NATIVE) || check_tsc_unstable())
		return 0;
	return tsc_khz >= MOMENT_KHZ_MIN ? tsc_khz : 0;
}

/* No duration is computed from a moment before this to one after it. */
static void clock_set(u32 khz)
{
	lockdep_assert_held(&clock_lock);

	clock_khz = khz;
	clock_generation++;
	WRITE_ONCE(mmapdemo_clock_rate,
		   khz ? moment_rate(khz, clock_generation) : 0);
}

/** mmapdemo_clock_slow - mmapdemo_clock_ns() where the TSC is not used */
u64 mmapdemo_clock_slow(const struct moment *start)
{
	const struct moment now = { .ticks = ktime_get_mono_fast_ns() };

	return moment_between(start, &now);
}

static void clock_check(struct work_struct *unused);
static DECLARE_DELAYED_WORK(clock_work, clock_check);

/* Did the kernel find the TSC unstable, or measure it once more? */
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

/* suspend_resume: each step on the way down, and up again. */
static void clock_suspend(void *data, const char *action, int val, bool start)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&clock_lock, flags);
	clock_set(clock_khz);
	raw_spin_unlock_irqrestore(&clock_lock, flags);
}

/**
 * mmapdemo_clock_watch - see the machine suspend
 *
 * Without memory for it, the clock is CLOCK_MONOTONIC. Called with the lock of the
 * probe engine held, as all that follow. May sleep.
 */
void mmapdemo_clock_watch(void)
{
	clock_watched = !register_trace_suspend_resume(clock_suspend, NULL);
}

/** mmapdemo_clock_start - use the best clock: hooks are to be attached */
void mmapdemo_clock_start(void)
{
	if (clock_watched)
		clock_check(NULL);
}

/** mmapdemo_clock_stop - no hook is attached: do not look at the clock again */
void mmapdemo_clock_stop(void)
{
	cancel_delayed_work_sync(&clock_work);
}

/**
 * mmapdemo_clock_unwatch - the opposite of mmapdemo_clock_watch()
 *
 * A call from the kernel's tracepoint may still be under way, until
 * tracepoint_synchronize_unregister() has returned.
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
