// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file attaches probes by kretprobes. A kretprobe works on every kernel
 * and architecture, and does not exclude other probes of the same function.
 *
 * The data that enter() stores for leave() is in a kretprobe instance. A call
 * uses a kretprobe instance from entry to return, even while the calling task
 * sleeps. While all instances are in use, calls are not observed, and are
 * counted as missed.
 *
 * If a task sleeps in a probed function while the probe is unregistered, the
 * task returns through the kernel's kretprobe trampoline, which finds no probe
 * and calls no handler. So the module can be unloaded at any time.
 *
 * When a trampoline takes over from a kretprobe, the kretprobe is disabled, but
 * stays registered. So its return handler still runs for calls that the
 * kretprobe already observes.
 *
 * Unregistering a kretprobe waits for a grace period. So the kretprobe is first
 * removed from its probe, and does nothing from then on. Then the kretprobe is
 * unregistered without the probe engine's lock held. In the meantime, the probe
 * can get another kretprobe.
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

/*
 * Number of calls of a probed function that can be observed at the same time:
 * for each CPU, and the limits of this number for all CPUs together.
 */
#define INSTANCES_PER_CPU 64
#define INSTANCES_MIN 256
#define INSTANCES_MAX 4096

/**
 * struct kretprobe_slot - a kretprobe, which is freed after it was unregistered
 * @rp: the kretprobe, as registered with the kernel
 * @probe: the probe whose calls are observed; NULL: the handlers do nothing
 */
struct kretprobe_slot {
	struct kretprobe rp;
	struct probe *probe;
};

/**
 * struct kretprobe_frame - data of one call in a kretprobe instance
 * @round: probe.round when the function was entered
 * @data: data that the probe's enter() stores for its leave()
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

/* Return the probe that observes the call, or NULL. */
static struct probe *kretprobe_probe(struct kretprobe_instance *ri)
{
	struct kretprobe *rp = get_kretprobe(ri);

	return rp ? READ_ONCE(container_of(rp, struct kretprobe_slot,
					   rp)->probe) : NULL;
}
NOKPROBE_SYMBOL(kretprobe_probe);

/*
 * If a trampoline of direct.c is attached, too, ftrace calls the trampoline
 * after this handler.
 */
static int kretprobe_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe_frame *frame = (void *)ri->data;
	struct probe *probe = kretprobe_probe(ri);

	if (!probe)
		return 1;
	/*
	 * Pairs with the smp_store_release() in attach_begin(): a task that
	 * sees the new value of round also sees the new value of entry.
	 */
	frame->round = smp_load_acquire(&probe->round);
	if (!frame->round || mmapdemo_handover_passes(probe))
		return 1;
	return !kretprobe_observe(probe, regs, frame);
}
NOKPROBE_SYMBOL(kretprobe_enter);

/* The probe ignores calls that began before the probe was last armed. */
static int kretprobe_leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe_frame *frame = (void *)ri->data;
	struct probe *probe = kretprobe_probe(ri);

	if (probe && READ_ONCE(probe->round) == frame->round)
		probe->leave(frame->data, regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(kretprobe_leave);

/*
 * If the address is known, use it to register the kretprobe, because symbol
 * lookup takes milliseconds.
 */
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
 * mmapdemo_kretprobe_attach - attach a kretprobe
 * @probe: the probe; a kretprobe that is still registered is reused
 * @symbol: the function
 *
 * Return: 0; -ENOENT if there is no such function; -EINVAL if the kernel
 * forbids probing the function; -EUNATCH if kprobes are disabled; -ENOMEM; or
 * another error of register_kretprobe().
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
	/*
	 * The kernel does not enable a kretprobe while all kprobes are
	 * disabled.
	 */
	if (kprobe_disabled(&probe->kretprobe->rp.kp))
		return -EUNATCH;
	probe->enabled = true;
	return 0;
}

/**
 * mmapdemo_kretprobe_disable - stop the kretprobe of a probe from seeing new calls
 * @probe: the probe
 *
 * The return handler still runs for calls that the kretprobe already observes.
 */
void mmapdemo_kretprobe_disable(struct probe *probe)
{
	if (!disable_kretprobe(&probe->kretprobe->rp))
		probe->enabled = false;
}

/**
 * mmapdemo_kretprobe_leave - remove the kretprobe from a probe
 * @probe: a probe without users
 *
 * Return: the kretprobe, which the caller passes to mmapdemo_kretprobe_free(),
 * or NULL.
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

/*
 * Free a kretprobe, unless the kernel kept it registered. If ftrace has found
 * an error, ftrace no longer patches functions. In this state, the kernel
 * clears only the address of the kretprobe, and keeps the kretprobe registered.
 * A kretprobe that stays registered is never freed, and from now on calls no
 * function of this module.
 */
static void kretprobe_release(struct kretprobe_slot *slot)
{
	if (slot->rp.kp.addr) {
		kfree(slot);
		return;
	}
	WRITE_ONCE(slot->rp.entry_handler, NULL);
	WRITE_ONCE(slot->rp.handler, NULL);
	synchronize_rcu();
}

/**
 * mmapdemo_kretprobe_free - unregister kretprobes, and free them
 * @list: results of mmapdemo_kretprobe_leave(), which may be NULL
 * @n: number of entries in @list, at most MMAPDEMO_PROBES_MAX
 *
 * The function waits until no handler of these kretprobes runs any longer. A
 * single grace period is enough for all kretprobes in @list. The caller should
 * not hold the probe engine's lock.
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
	for (i = 0; i < count; i++)
		kretprobe_release(container_of(rps[i], struct kretprobe_slot, rp));
}

/*
 * Return the number of calls missed since mmapdemo_kretprobe_begin(). The kernel
 * has two counters of missed calls, an int and an unsigned long, which also count
 * while the kretprobe observes nothing.
 */
static u64 kretprobe_missed(const struct probe *probe)
{
	const struct kretprobe *rp = &probe->kretprobe->rp;

	return (u32)(rp->nmissed - probe->ignored) +
	       (u64)(rp->kp.nmissed - probe->ignored_kp);
}

/** mmapdemo_kretprobe_begin - start counting the missed calls of a probe */
void mmapdemo_kretprobe_begin(struct probe *probe)
{
	const struct kretprobe *rp = &probe->kretprobe->rp;

	probe->ignored = rp->nmissed;
	probe->ignored_kp = rp->kp.nmissed;
}

/** mmapdemo_kretprobe_end - stop counting missed calls, and add them to probe.missed */
void mmapdemo_kretprobe_end(struct probe *probe)
{
	probe->missed += kretprobe_missed(probe);
}

/** mmapdemo_kretprobe_missed - count the calls missed since the probe was armed */
u64 mmapdemo_kretprobe_missed(const struct probe *probe)
{
	if (probe->method != MMAPDEMO_METHOD_KRETPROBE)
		return 0;
	return kretprobe_missed(probe);
}
