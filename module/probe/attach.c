// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which way a probe is attached.
 *
 * A trampoline costs each call an eighth of what a kretprobe costs, but takes grace
 * periods of RCU tasks to attach and to detach, which are seconds on a busy
 * machine, the module can't be unloaded while it observes, and no BPF fentry program
 * can be attached to the function. So it is for functions that are called often,
 * and kretprobes are for all others. A kretprobe is attached first in any case: a
 * trampoline takes over later, see handover.h. Unless the parameter names one way
 * for all:
 *
 *	echo kretprobe > /sys/module/mmapdemo/parameters/attach
 */
#include "common.h"
#include "argument.h"
#include "mmapdemo.h"
#include "probe/attach.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>

/* MMAPDEMO_METHOD_*; NONE: the best for each. Written while nothing is armed. */
static u32 attach_only;

/** mmapdemo_attach_only - use this MMAPDEMO_METHOD_*, or with NONE the best */
void mmapdemo_attach_only(u32 method)
{
	WRITE_ONCE(attach_only, method);
}

/** mmapdemo_attach_method - what mmapdemo_attach_only() was called with last */
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
	/* Paired with kretprobe_enter(): a new round is seen with its entry. */
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
 * mmapdemo_attach - arm a probe: attach it to a function, by the best method
 * @probe: the probe; its counters must be allocated
 * @symbol: the function
 *
 * What is still attached since it was disarmed is used again. @probe->refused is
 * why a better method is not used, -EINPROGRESS when it is to follow.
 *
 * Return: 0, or the error of the last method.
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
 * mmapdemo_attach_works - are the calls of a probe that is attached observed?
 * @probe: a probe that is armed
 *
 * Not when ftrace is switched off.
 */
bool mmapdemo_attach_works(const struct probe *probe)
{
	return !probe->location || attach_calls(probe->location);
}

/**
 * mmapdemo_disarm - observe no further calls, and stay attached
 * @list: probes that are armed
 * @n: how many
 *
 * An enter() or a leave() can still run, until an RCU grace period later. Waits for
 * nothing: mmapdemo_direct_release() is left to the caller.
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
