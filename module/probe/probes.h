/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe engine: attaches hooks to kernel functions while somebody listens.
 *
 * A hook is written against struct probe and does not know how it is attached;
 * a hot one says MMAPDEMO_DIRECT_HOT() besides.
 */
#ifndef _MMAPDEMO_PROBES_H
#define _MMAPDEMO_PROBES_H

#include "argument.h"

#include <linux/ftrace.h>
#include <linux/types.h>

/* Where there are trampolines. */
#if defined(ATTACH_HAS_TRAMPOLINES) && \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define MMAPDEMO_HAVE_DIRECT
#endif

struct kretprobe_slot;
struct mmapdemo_probe;

/* Arguments an enter() may look at, and those of a probe that asks for more. */
#define MMAPDEMO_PROBE_ARGS 7
#define MMAPDEMO_PROBE_ARGS_MAX 12

/* More than there will be, for what is done to all of them at once. */
#define MMAPDEMO_PROBES_MAX 32

/* All that may want a probe: one bit per event, dmesg, and counters. */
#define MMAPDEMO_USER_DMESG (1U << 31)
#define MMAPDEMO_USER_STATS (1U << 30)

/**
 * struct probe_count - calls of a probed function, on one CPU
 * @hits: observed
 * @missed: not observed
 * @inside: that came here minus those that went here; only the sum over all
 *	CPUs is a number of calls
 */
struct probe_count {
	u64 hits;
	u64 missed;
	long inside;
};

/**
 * struct probe_direct - what direct.c keeps for a probe
 * @ops: what ftrace knows it by
 * @attached: ftrace calls the trampoline; protected by direct_lock
 * @stuck: it could not be detached, its trampoline is called for ever
 * @held: the module stays for this probe; protected by probes_lock
 * @draining: disarmed, with calls still inside for which the module stays;
 *	protected by drain_lock
 * @handover: a call is observed by the trampoline if the kretprobe left a mark
 */
struct probe_direct {
#ifdef MMAPDEMO_HAVE_DIRECT
	struct ftrace_ops ops;
	bool attached;
	bool stuck;
	bool held;
	bool draining;
	bool handover;
#endif
};

/**
 * struct probe - one function of the kernel, observed
 * @symbols: candidates, best first, ends with NULL
 * @events: the events that need it, one bit per enum mmapdemo_event
 * @nr_args: arguments that @enter looks at, at most MMAPDEMO_PROBE_ARGS_MAX;
 *	0: MMAPDEMO_PROBE_ARGS
 * @hot: called so often that what attaching costs for each call matters more
 *	than how long it takes to detach
 * @keeps: what @leave keeps for the task's next call, one bit per enum pending
 * @frame_size: bytes that @enter may leave for @leave
 * @enter: the function was called with @args; false: don't call @leave
 * @leave: it returned @ret
 *
 * @enter and @leave run in the task that called the function, with preemption
 * disabled: they must not sleep, touch user memory or call what is probed.
 * Between the two the task may sleep. @leave is not called when the probe is
 * disarmed meanwhile. Either can still run when mmapdemo_probes_disarm() returns:
 * an RCU grace period later it does not. The function takes at most 12 words of
 * arguments, returns at most one, and is called where its caller may sleep.
 */
struct probe {
	/* private: a trampoline reads it at the very beginning */
	unsigned long frame_bytes;	/* @frame_size, in whole words */

	/* private: written with probes_lock held, read by the probed task */
	unsigned long entry;	/* @round while trampolines observe all calls */
	unsigned long round;	/* which arming this is, 0: not armed */

	/* public: */
	const char *const *symbols;
	u32 events;
	unsigned int nr_args;
	bool hot;
	u32 keeps;
	size_t frame_size;
	bool (*enter)(void *frame, const unsigned long *args);
	void (*leave)(void *frame, unsigned long ret);

	/* private: the engine's, protected by probes_lock but for the counters */
	u32 users;		/* who wants it; armed when not 0 */
	u32 method;		/* MMAPDEMO_METHOD_* that observes new calls */
	int error;		/* of the last attempt to attach it */
	int refused;		/* of a better method than @method */
	unsigned long rounds;	/* times it was armed */
	unsigned long idle;	/* since when nobody wants it, in jiffies */
	const char *symbol;	/* that takes the probe, once known */
	unsigned long address;	/* of @symbol, once known */
	unsigned long location;	/* where ftrace can call from there, or 0 */
	u64 missed;		/* by kretprobes that no longer observe */
	int ignored;		/* nmissed of @kretprobe before it observed */
	unsigned long ignored_kp;	/* ... and of the kprobe in it */
	bool enabled;		/* @kretprobe is called */
	struct probe_count __percpu *count;	/* written by the probed task's CPU */
	struct kretprobe_slot *kretprobe;	/* that is registered, or NULL */
	struct probe_direct direct;
};

/* trace/hooks.c: what is attached */
extern struct probe *const mmapdemo_probes[];
extern const unsigned int mmapdemo_nr_probes;
void mmapdemo_hooks_prepare(void);

void mmapdemo_probes_init(void);
void mmapdemo_probes_exit(void);

int mmapdemo_probes_arm(u32 events, u32 user);
void mmapdemo_probes_disarm(u32 user);

/* count.c */
struct probe_count mmapdemo_probe_sum(const struct probe *probe);
long mmapdemo_probe_inside(const struct probe *probe);

unsigned int mmapdemo_probes_count(void);
int mmapdemo_probes_read(unsigned int index, struct mmapdemo_probe *out);

#endif /* _MMAPDEMO_PROBES_H */
