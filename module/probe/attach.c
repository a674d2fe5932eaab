// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of the method by which a probe is attached to its function.
 *
 * Observing a call by a trampoline costs an eighth of observing it by a
 * kretprobe. But a trampoline has three disadvantages. Attaching and detaching
 * a trampoline takes RCU-tasks grace periods, which can last seconds on a busy
 * machine. The module can't be unloaded while a trampoline observes calls. No
 * BPF fentry program can be attached to the same function. So only functions
 * that are called often get a trampoline, and all others get a kretprobe. A
 * function that gets a trampoline has a kretprobe first. Then the trampoline
 * takes over from the kretprobe: see handover.h. The module parameter attach
 * can force one method for all functions:
 *
 *	echo kretprobe > /sys/module/mmapdemo/parameters/attach
 */
#include "common.h"
#include "argument.h"
#include "mmapdemo.h"
#include "probe/attach.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>

/*
 * The MMAPDEMO_METHOD_* that is forced, or NONE. attach_only changes only while
 * no probe is armed.
 */
static u32 attach_only;

/** mmapdemo_attach_only - set the only MMAPDEMO_METHOD_* to use, or NONE for any */
void mmapdemo_attach_only(u32 method)
{
	WRITE_ONCE(attach_only, method);
}

/** mmapdemo_attach_method - return the forced MMAPDEMO_METHOD_*, or NONE */
u32 mmapdemo_attach_method(void)
{
	return READ_ONCE(attach_only);
}

static void attach_begin(struct probe *probe, u32 method)
{
	probe->method = method;
	probe->rounds++;
	if (method == MMAPDEMO_METHOD_DIRECT)
		WRITE_ONCE(probe->entry, probe->rounds);
	/*
	 * Pairs with the smp_load_acquire() in kretprobe_enter(): a task that
	 * sees the new value of round also sees the new value of entry.
	 */
	smp_store_release(&probe->round, probe->rounds);
}

static int attach_direct(struct probe *probe, const char *symbol)
{
	bool now = attach_only == MMAPDEMO_METHOD_DIRECT;
	int ret = mmapdemo_direct_take(probe, symbol, now);

	probe->refused = -ret;
	if (!ret)
		attach_begin(probe, MMAPDEMO_METHOD_DIRECT);
	return ret;
}

static bool attach_wants_direct(const struct probe *probe)
{
	if (attach_only)
		return attach_only == MMAPDEMO_METHOD_DIRECT;
#ifdef MMAPDEMO_HAVE_DIRECT
	return probe->hot;
#else
	return false;
#endif
}

/**
 * mmapdemo_attach - attach a probe to a function by the best method, and arm
 *	the probe
 * @probe: the probe, whose counters are already allocated
 * @symbol: the function
 *
 * A kretprobe or trampoline that is still attached is reused. If a better
 * method can't be used, @probe->refused is set to the reason, a positive errno.
 * The reason is EINPROGRESS if the better method will be used later.
 *
 * Return: 0, or the error of the last method that was tried.
 */
int mmapdemo_attach(struct probe *probe, const char *symbol)
{
	int ret;

	probe->refused = 0;
	if (attach_wants_direct(probe)) {
		ret = attach_direct(probe, symbol);
		if (!ret || attach_only)
			return ret;
	}
	ret = mmapdemo_kretprobe_attach(probe, symbol);
	if (ret)
		return ret;
	mmapdemo_kretprobe_begin(probe);
	attach_begin(probe, MMAPDEMO_METHOD_KRETPROBE);
	return 0;
}

/**
 * mmapdemo_attach_works - check that the calls of an attached probe are observed
 * @probe: a probe that is armed
 *
 * Return: false if ftrace does not call the probe, because ftrace or all
 * kprobes are disabled. For a function without an ftrace location, the result
 * is always true.
 */
bool mmapdemo_attach_works(const struct probe *probe)
{
	return !probe->location || attach_calls(probe->location);
}

/**
 * mmapdemo_disarm - stop probes from observing calls, but leave them attached
 * @list: probes that are armed
 * @n: number of probes in @list
 *
 * enter() and leave() of these probes may still run until an RCU grace period
 * has passed. This function does not wait for the grace period. After the grace
 * period, the caller calls mmapdemo_direct_release().
 */
void mmapdemo_disarm(struct probe *const *list, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		WRITE_ONCE(list[i]->round, 0);
		WRITE_ONCE(list[i]->entry, 0);
		if (list[i]->method == MMAPDEMO_METHOD_KRETPROBE)
			mmapdemo_kretprobe_end(list[i]);
		list[i]->method = MMAPDEMO_METHOD_NONE;
		mmapdemo_direct_disarm(list[i]);
	}
}
