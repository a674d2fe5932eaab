/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe engine: attaches hooks to kernel functions while somebody listens.
 *
 * A hook is written against struct probe and does not know how it is attached.
 */
#ifndef _MMAPDEMO_PROBES_H
#define _MMAPDEMO_PROBES_H

#include <linux/kprobes.h>
#include <linux/types.h>

struct mmapdemo_probe;

/* Arguments an enter() may look at, and those of a probe that asks for more. */
#define MMAPDEMO_PROBE_ARGS 7
#define MMAPDEMO_PROBE_ARGS_MAX 11

/* More than there will be, for what is done to all of them at once. */
#define MMAPDEMO_PROBES_MAX 32

/* All that may want a probe: one bit per event, dmesg, and counters. */
#define MMAPDEMO_USER_DMESG (1U << 31)
#define MMAPDEMO_USER_STATS (1U << 30)

/**
 * struct probe - one function of the kernel, observed
 * @symbols: candidates, best first, ends with NULL
 * @events: the events that need it, one bit per enum mmapdemo_event
 * @nr_args: arguments that @enter looks at, at most MMAPDEMO_PROBE_ARGS_MAX;
 *	0: MMAPDEMO_PROBE_ARGS
 * @frame_size: bytes that @enter may leave for @leave
 * @enter: the function was called with @args; false: don't call @leave
 * @leave: it returned @ret
 *
 * @enter and @leave run in the task that called the function, with preemption
 * disabled: they must not sleep, touch user memory or call what is probed.
 * Between the two the task may sleep. @leave is not called when the probe is
 * disarmed meanwhile.
 */
struct probe {
	const char *const *symbols;
	u32 events;
	unsigned int nr_args;
	size_t frame_size;
	bool (*enter)(void *frame, const unsigned long *args);
	void (*leave)(void *frame, unsigned long ret);

	/* private: the engine's, protected by probes_lock but for the counter */
	u32 users;		/* who wants it; attached when not 0 */
	const char *symbol;	/* that takes the probe, once known */
	u64 missed;		/* in earlier attachments */
	u64 __percpu *hits;	/* written by the probed task's CPU */
	struct kretprobe rp;
};

void mmapdemo_probes_exit(void);

int mmapdemo_probes_arm(u32 events, u32 user);
void mmapdemo_probes_disarm(u32 user);

unsigned int mmapdemo_probes_count(void);
int mmapdemo_probes_tell(unsigned int index, struct mmapdemo_probe *out);

/* attach_kretprobe.c */
int mmapdemo_attach_kretprobe(struct probe *probe, const char *symbol);
void mmapdemo_detach_kretprobes(struct probe *const *list, unsigned int n);
u64 mmapdemo_missed_kretprobe(const struct probe *probe);

#endif /* _MMAPDEMO_PROBES_H */
