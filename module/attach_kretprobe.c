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
 * nobody: the module can be unloaded at any time.
 */
#include "attach.h"
#include "attach_x86.h"
#include "common.h"
#include "compat/kretprobe.h"
#include "mmapdemo.h"

#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>

/* Tasks that can be inside a probed function at once, for each CPU. */
#define INSTANCES_PER_CPU 64
#define INSTANCES_MIN 256
#define INSTANCES_MAX 4096

static int kretprobe_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = get_kretprobe(ri);
	unsigned long args[MMAPDEMO_PROBE_ARGS_MAX];
	struct probe *probe;
	unsigned int nr, i;

	if (!rp)
		return 1;
	probe = container_of(rp, struct probe, rp);
	nr = probe->nr_args ?: MMAPDEMO_PROBE_ARGS;
	for (i = 0; i < nr; i++)
		args[i] = attach_argument(regs, i);
	this_cpu_inc(probe->count->hits);
	return !probe->enter(ri->data, args);
}
NOKPROBE_SYMBOL(kretprobe_enter);

static int kretprobe_leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = get_kretprobe(ri);

	if (rp)
		container_of(rp, struct probe, rp)->leave(ri->data,
						regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(kretprobe_leave);

static int kretprobe_attach(struct probe *probe, const char *symbol)
{
	probe->rp = (struct kretprobe) {
		.kp.symbol_name = symbol,
		.entry_handler = kretprobe_enter,
		.handler = kretprobe_leave,
		.data_size = probe->frame_size,
		.maxactive = clamp_t(int,
				     num_possible_cpus() * INSTANCES_PER_CPU,
				     INSTANCES_MIN, INSTANCES_MAX),
	};
	return register_kretprobe(&probe->rp);
}

/* Waits until no handler runs any more, once for all of them. */
static void kretprobe_detach(struct probe *const *list, unsigned int n)
{
	struct kretprobe *rps[MMAPDEMO_PROBES_MAX];
	unsigned int i;

	for (i = 0; i < n; i++)
		rps[i] = &list[i]->rp;
	unregister_kretprobes(rps, n);
}

static u64 kretprobe_missed(const struct probe *probe)
{
	return (u64)probe->rp.nmissed + probe->rp.kp.nmissed;
}

const struct attach_method mmapdemo_kretprobe = {
	.name = "kretprobe",
	.id = MMAPDEMO_METHOD_KRETPROBE,
	.attach = kretprobe_attach,
	.detach = kretprobe_detach,
	.missed = kretprobe_missed,
};
