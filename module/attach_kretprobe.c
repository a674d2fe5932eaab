// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching with a kretprobe: works on every kernel and architecture, and next
 * to anybody else's probe.
 *
 * The frame is the instance's private data. An instance is taken from entry to
 * return, also while the task sleeps in between; when all are taken, a call
 * goes unobserved and is counted as missed.
 *
 * A task that sleeps in a probed function when the probe goes away returns
 * through the kernel's own trampoline, which finds the probe gone and calls
 * no handler: the module can be unloaded at any time.
 *
 * A kretprobe that a trampoline took over from is disabled, and stays registered
 * so that the calls that it observes end by it.
 */
#include "attach.h"
#include "attach_x86.h"
#include "common.h"
#include "compat/kretprobe.h"
#include "handover.h"
#include "mmapdemo.h"

#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>

/* Tasks that can be inside a probed function at once, for each CPU. */
#define INSTANCES_PER_CPU 64
#define INSTANCES_MIN 256
#define INSTANCES_MAX 4096

/**
 * struct kretprobe_frame - what an instance keeps for a call
 * @round: probe.round when the function was called
 * @data: enter()'s and leave()'s
 */
struct kretprobe_frame {
	unsigned long round;
	unsigned long data[];
};

static bool kretprobe_observe(struct probe *probe, struct pt_regs *regs,
			      struct kretprobe_frame *frame)
{
	unsigned long args[MMAPDEMO_PROBE_ARGS_MAX];
	unsigned int nr = probe->nr_args ?: MMAPDEMO_PROBE_ARGS;
	unsigned int i;

	for (i = 0; i < nr; i++)
		args[i] = attach_argument(regs, i);
	this_cpu_inc(probe->count->hits);
	return probe->enter(frame->data, args);
}

/* The trampoline of attach_direct.c, if there is one, is called after this. */
static int kretprobe_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe_frame *frame = (void *)ri->data;
	struct kretprobe *rp = get_kretprobe(ri);
	struct probe *probe;

	if (!rp)
		return 1;
	probe = container_of(rp, struct probe, rp);
	/* Paired with attach_begin(): a new round is seen with its entry. */
	frame->round = smp_load_acquire(&probe->round);
	if (!frame->round || mmapdemo_handover_passes(probe))
		return 1;
	return !kretprobe_observe(probe, regs, frame);
}
NOKPROBE_SYMBOL(kretprobe_enter);

/* Not observed are calls that began before the probe was armed again. */
static int kretprobe_leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe_frame *frame = (void *)ri->data;
	struct kretprobe *rp = get_kretprobe(ri);
	struct probe *probe;

	if (!rp)
		return 0;
	probe = container_of(rp, struct probe, rp);
	if (READ_ONCE(probe->round) == frame->round)
		probe->leave(frame->data, regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(kretprobe_leave);

/* By its address if that is known: looking a symbol up takes milliseconds. */
static int kretprobe_register(struct probe *probe, const char *symbol)
{
	bool known = probe->address && probe->symbol == symbol;
	int ret;

	probe->rp = (struct kretprobe) {
		.kp.symbol_name = known ? NULL : symbol,
		.kp.addr = known ? (void *)probe->address : NULL,
		.entry_handler = kretprobe_enter,
		.handler = kretprobe_leave,
		.data_size = sizeof(struct kretprobe_frame) + probe->frame_size,
		.maxactive = clamp_t(int,
				     num_possible_cpus() * INSTANCES_PER_CPU,
				     INSTANCES_MIN, INSTANCES_MAX),
	};
	ret = register_kretprobe(&probe->rp);
	if (!ret && !known)
		mmapdemo_located(probe, symbol, &probe->rp.kp);
	return ret;
}

/**
 * mmapdemo_kretprobe_attach - have a kretprobe called
 * @probe: the probe; what is still attached of it is used again
 * @symbol: the function
 *
 * Return: 0; -ENOENT when there is no such function, -EINVAL when the kernel
 * forbids probing it, -EUNATCH when kprobes are switched off, or what
 * register_kretprobe() returns.
 */
int mmapdemo_kretprobe_attach(struct probe *probe, const char *symbol)
{
	int ret = 0;

	if (!probe->registered)
		ret = kretprobe_register(probe, symbol);
	else if (!probe->enabled)
		ret = enable_kretprobe(&probe->rp);
	if (ret)
		return ret;
	probe->registered = true;
	/* It is not enabled while all kprobes are switched off. */
	if (kprobe_disabled(&probe->rp.kp))
		return -EUNATCH;
	probe->enabled = true;
	return 0;
}

/**
 * mmapdemo_kretprobe_disable - have it called for calls no longer
 * @probe: the probe
 *
 * Calls that it observes end by it as they would otherwise.
 */
void mmapdemo_kretprobe_disable(struct probe *probe)
{
	if (!disable_kretprobe(&probe->rp))
		probe->enabled = false;
}

/**
 * mmapdemo_kretprobe_detach - unregister what is registered
 * @list: probes that nobody wants
 * @n: how many, at most MMAPDEMO_PROBES_MAX
 *
 * Waits until no handler runs any longer, once for all of them.
 */
void mmapdemo_kretprobe_detach(struct probe *const *list, unsigned int n)
{
	struct kretprobe *rps[MMAPDEMO_PROBES_MAX];
	unsigned int count = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (list[i]->registered)
			rps[count++] = &list[i]->rp;
	}
	unregister_kretprobes(rps, count);
	for (i = 0; i < n; i++) {
		list[i]->registered = false;
		list[i]->enabled = false;
	}
}

/* The kernel counts an int and a long, also while the kretprobe observes nothing. */
static u64 kretprobe_missed(const struct probe *probe)
{
	return (u32)(probe->rp.nmissed - probe->ignored) +
	       (u64)(probe->rp.kp.nmissed - probe->ignored_kp);
}

/** mmapdemo_kretprobe_begin - what it misses from here on is missed */
void mmapdemo_kretprobe_begin(struct probe *probe)
{
	probe->ignored = probe->rp.nmissed;
	probe->ignored_kp = probe->rp.kp.nmissed;
}

/** mmapdemo_kretprobe_end - it is not the one to observe any longer */
void mmapdemo_kretprobe_end(struct probe *probe)
{
	probe->missed += kretprobe_missed(probe);
}

/** mmapdemo_kretprobe_missed - calls that it missed since it observes */
u64 mmapdemo_kretprobe_missed(const struct probe *probe)
{
	if (probe->method != MMAPDEMO_METHOD_KRETPROBE)
		return 0;
	return kretprobe_missed(probe);
}
