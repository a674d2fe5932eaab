/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe engine: attaches hooks to kernel functions while the hooks have
 * users.
 *
 * A hook uses only struct probe, and does not depend on how the probe is
 * attached. A hot hook also needs MMAPDEMO_DIRECT_HOT().
 */
#ifndef _MMAPDEMO_PROBES_H
#define _MMAPDEMO_PROBES_H

#include "argument.h"

#include <linux/ftrace.h>
#include <linux/types.h>

/* Configurations with trampolines. */
#if defined(ATTACH_HAS_TRAMPOLINES) && \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define MMAPDEMO_HAVE_DIRECT
#endif

struct kretprobe_slot;
struct mmapdemo_probe;

/* Number of arguments that enter() may read: the default and the maximum. */
#define MMAPDEMO_PROBE_ARGS 7
#define MMAPDEMO_PROBE_ARGS_MAX 12

/* Maximum number of probes, for arrays of all probes. */
#define MMAPDEMO_PROBES_MAX 32

/* Users of a probe: one bit for each event, for dmesg, and for counters. */
#define MMAPDEMO_USER_DMESG (1U << 31)
#define MMAPDEMO_USER_STATS (1U << 30)

/**
 * struct probe_count - calls of a probed function, on one CPU
 * @hits: observed calls
 * @missed: calls that were not observed
 * @inside: calls that entered on this CPU minus calls that left on it; only the sum
 *	over all CPUs is a number of calls
 */
struct probe_count {
	u64 hits;
	u64 missed;
	long inside;
};

/**
 * struct probe_direct - data of direct.c for a probe
 * @ops: the trampoline as ftrace knows it
 * @attached: ftrace calls the trampoline; protected by direct_lock
 * @stuck: the trampoline could not be detached, and is called forever
 * @held: the probe holds a reference to the module; protected by probes_lock
 * @draining: the probe is disarmed, and its reference waits for calls that are
 *	still inside; protected by drain_lock
 * @handover: the trampoline observes the calls for which the kretprobe left a mark
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
 * struct probe - an observed function of the kernel
 * @symbols: candidates, best first, ends with NULL
 * @events: the events that need the probe, one bit per enum mmapdemo_event
 * @nr_args: arguments that @enter reads, at most MMAPDEMO_PROBE_ARGS_MAX; 0:
 *	MMAPDEMO_PROBE_ARGS
 * @hot: the function is called so often that the cost of each call matters more
 *	than the time that detaching takes
 * @keeps: what @leave keeps for the task's next call, one bit per enum pending
 * @frame_size: bytes that @enter may leave for @leave
 * @enter: called on entry to the function, with its arguments; if it returns
 *	false, @leave is not called
 * @leave: called when the function has returned, with its return value
 *
 * @enter and @leave run in the task that called the function, with preemption
 * disabled: they must not sleep, touch user memory or call a probed function.
 * The task may sleep between the two. @leave is not called when the probe is
 * disarmed meanwhile. Both may still run for one RCU grace period after
 * mmapdemo_probes_disarm() has returned. The probed function takes at most 12
 * words of arguments, returns at most one, and is called only where its caller
 * may sleep.
 */
struct probe {
	/* private: first member, as trampolines read it without an offset */
	unsigned long frame_bytes;	/* @frame_size, in whole words */

	/* private: written with probes_lock held, read by the probed task */
	unsigned long entry;	/* @round while the trampoline observes all calls */
	unsigned long round;	/* number of this arming; 0: not armed */

	/* public: */
	const char *const *symbols;
	u32 events;
	unsigned int nr_args;
	bool hot;
	u32 keeps;
	size_t frame_size;
	bool (*enter)(void *frame, const unsigned long *args);
	void (*leave)(void *frame, unsigned long ret);

	/* private: protected by probes_lock, except the counters */
	u32 users;		/* bits of its users; armed when not 0 */
	u32 method;		/* MMAPDEMO_METHOD_* that observes new calls */
	int error;		/* errno of the last attempt to attach */
	int refused;		/* errno that prevented a better @method */
	unsigned long rounds;	/* number of armings */
	unsigned long idle;	/* when the last user left, in jiffies */
	const char *symbol;	/* name that can be probed, once known */
	unsigned long address;	/* of @symbol, once known */
	unsigned long location;	/* where ftrace calls from, or 0 */
	u64 missed;		/* calls missed by earlier kretprobes */
	int ignored;		/* nmissed of @kretprobe when it was armed */
	unsigned long ignored_kp;	/* nmissed of its kprobe at that time */
	bool enabled;		/* @kretprobe is called */
	struct probe_count __percpu *count;	/* written by the probed task's CPU */
	struct kretprobe_slot *kretprobe;	/* registered kretprobe, or NULL */
	struct probe_direct direct;
};

/* trace/hooks.c: all probes */
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
