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
 *
 * Unregistering one waits for a grace period. So it is taken from its probe first,
 * which can then be attached by another one, and unregistered without the lock of
 * the probe engine. Its handlers do nothing from then on.
 */
#include "common.h"
#include "argument.h"
#include "compat/kretprobe.h"
#include "mmapdemo.h"
#include "probe/attach.h"
#include "probe/handover.h"

#include <linux/cpumask.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/slab.h>

/* Tasks that can be inside a probed function at once, for each CPU. */
#define INSTANCES_PER_CPU 64
#define INSTANCES_MIN 256
#define INSTANCES_MAX 4096

/**
 * struct kretprobe_slot - a kretprobe, from before it is registered until after it is
 * @rp: what the kernel knows it by
 * @probe: whose calls it observes; NULL when it is to do nothing any longer
 */
struct kretprobe_slot {
	struct kretprobe rp;
	struct probe *probe;
};

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

/* Whose call it is, or NULL. */
static struct probe *kretprobe_probe(struct kretprobe_instance *ri)
{
	struct kretprobe *rp = get_kretprobe(ri);

	return rp ? READ_ONCE(container_of(rp, struct kretprobe_slot,
					   rp)->probe) : NULL;
}
NOKPROBE_SYMBOL(kretprobe_probe);

/* The trampoline of direct.c, if there is one, is called after this. */
static int kretprobe_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe_frame *frame = (void *)ri->data;
	struct probe *probe = kretprobe_probe(ri);

	if (!probe)
		return 1;
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
	struct probe *probe = kretprobe_probe(ri);

	if (probe && READ_ONCE(probe->round) == frame->round)
		probe->leave(frame->data, regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(kretprobe_leave);

/* By its address if that is known: looking a symbol up takes milliseconds. */
static int kretprobe_register(struct probe *probe, const char *symbol)
{
	bool known = probe->address && probe->symbol == symbol;
	struct kretprobe_slot *slot;
	int ret;

	slot = kzalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	slot->probe = probe;
	slot->rp = (struct kretprobe) {
		.kp.symbol_name = known ? NULL : symbol,
		.kp.addr = known ? (void *)probe->address : NULL,
		.entry_handler = kretprobe_enter,
		.handler = kretprobe_leave,
		.data_size = sizeof(struct kretprobe_frame) + probe->frame_size,
		.maxactive = clamp_t(int,
				     num_possible_cpus() * INSTANCES_PER_CPU,
				     INSTANCES_MIN, INSTANCES_MAX),
	};
	ret = register_kretprobe(&slot->rp);
	if (ret) {
		kfree(slot);
		return ret;
	}
	if (!known)
		mmapdemo_located(probe, symbol, &slot->rp.kp);
	probe->kretprobe = slot;
	return 0;
}

/**
 * mmapdemo_kretprobe_attach - have a kretprobe called
 * @probe: the probe; what is still attached of it is used again
 * @symbol: the function
 *
 * Return: 0; -ENOENT when there is no such function, -EINVAL when the kernel
 * forbids probing it, -EUNATCH when kprobes are switched off, -ENOMEM, or what
 * register_kretprobe() returns.
 */
int mmapdemo_kretprobe_attach(struct probe *probe, const char *symbol)
{
	int ret = 0;

	if (!probe->kretprobe)
		ret = kretprobe_register(probe, symbol);
	else if (!probe->enabled)
		ret = enable_kretprobe(&probe->kretprobe->rp);
	if (ret)
		return ret;
	/* It is not enabled while all kprobes are switched off. */
	if (kprobe_disabled(&probe->kretprobe->rp.kp))
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
	if (!disable_kretprobe(&probe->kretprobe->rp))
		probe->enabled = false;
}

/**
 * mmapdemo_kretprobe_leave - take its kretprobe from a probe
 * @probe: a probe that nobody wants
 *
 * Return: what is left to mmapdemo_kretprobe_free(), or NULL.
 */
struct kretprobe_slot *mmapdemo_kretprobe_leave(struct probe *probe)
{
	struct kretprobe_slot *slot = probe->kretprobe;

	if (slot)
		WRITE_ONCE(slot->probe, NULL);
	probe->kretprobe = NULL;
	probe->enabled = false;
	return slot;
}

/**
 * mmapdemo_kretprobe_free - unregister kretprobes, and free them
 * @list: what mmapdemo_kretprobe_leave() returned; NULL counts
 * @n: how many, at most MMAPDEMO_PROBES_MAX
 *
 * Waits until no handler runs any longer, once for all of them. The lock of the probe
 * engine need not be held, and should not.
 */
void mmapdemo_kretprobe_free(struct kretprobe_slot *const *list, unsigned int n)
{
	struct kretprobe *rps[MMAPDEMO_PROBES_MAX];
	unsigned int count = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (list[i])
			rps[count++] = &list[i]->rp;
	unregister_kretprobes(rps, count);
	for (i = 0; i < n; i++)
		kfree(list[i]);
}

/* The kernel counts an int and a long, also while the kretprobe observes nothing. */
static u64 kretprobe_missed(const struct probe *probe)
{
	const struct kretprobe *rp = &probe->kretprobe->rp;

	return (u32)(rp->nmissed - probe->ignored) +
	       (u64)(rp->kp.nmissed - probe->ignored_kp);
}

/** mmapdemo_kretprobe_begin - what it misses from here on is missed */
void mmapdemo_kretprobe_begin(struct probe *probe)
{
	const struct kretprobe *rp = &probe->kretprobe->rp;

	probe->ignored = rp->nmissed;
	probe->ignored_kp = rp->kp.nmissed;
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
