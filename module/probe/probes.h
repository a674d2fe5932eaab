/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe engine, which attaches hooks to kernel functions while the hooks
 * have users.
 *
 * A hook consists of the enter() and leave() of a struct probe, and does not
 * depend on how the probe is attached. The hook of a hot probe also needs
 * MMAPDEMO_DIRECT_HOT().
 */
#ifndef _MMAPDEMO_PROBES_H
#define _MMAPDEMO_PROBES_H

#include "argument.h"

#include <linux/ftrace.h>
#include <linux/types.h>

/* Kernel configurations that support trampolines. */
#if defined(ATTACH_HAS_TRAMPOLINES) && \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define MMAPDEMO_HAVE_DIRECT
#endif

struct kretprobe_slot;
struct mmapdemo_probe;

/* Default and maximum of the number of arguments that enter() may read. */
#define MMAPDEMO_PROBE_ARGS 7
#define MMAPDEMO_PROBE_ARGS_MAX 12

/* Maximum number of probes, which is the size of arrays of all probes. */
#define MMAPDEMO_PROBES_MAX 32

/*
 * Users of a probe: one bit for each event, one for the kernel log, one for the
 * counters of faults, and one for the self test.
 */
#define MMAPDEMO_USER_DMESG (1U << 31)
#define MMAPDEMO_USER_STATS (1U << 30)
#define MMAPDEMO_USER_SELFTEST (1U << 29)

/**
 * struct probe_count - counters for the calls of a probed function on one CPU
 * @hits: number of calls that were observed
 * @missed: number of calls that were not observed
 * @inside: number of calls that entered on this CPU, minus the number of calls
 *	that returned on this CPU. Only the sum over all CPUs is meaningful. The
 *	sum is the number of calls in progress
 */
struct probe_count {
	u64 hits;
	u64 missed;
	long inside;
};

/**
 * struct probe_direct - data that direct.c stores for a probe
 * @ops: the trampoline, as registered with ftrace
 * @attached: true while ftrace calls the trampoline; protected by direct_lock
 * @stuck: true if the trampoline could not be detached, and so is called
 *	forever
 * @held: true while the probe holds a reference to the module; protected by
 *	probes_lock
 * @draining: true while the probe is disarmed, but keeps its reference for
 *	calls in progress; protected by drain_lock
 * @handover: true from step 2 of a takeover until the probe is disarmed: see
 *	handover.h
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
 * struct probe - a kernel function that is observed
 * @symbols: names of functions to try, the best one first; ends with NULL
 * @events: the events that need the probe, one bit per enum mmapdemo_event
 * @nr_args: number of arguments that @enter reads, at most
 *	MMAPDEMO_PROBE_ARGS_MAX; 0 stands for MMAPDEMO_PROBE_ARGS
 * @hot: true if the function is called so often that the cost of each call
 *	matters more than the time to detach the probe
 * @keeps: data that @leave stores for the task's next hook, one bit per enum
 *	pending
 * @frame_size: size in bytes of the data that @enter stores for @leave
 * @enter: called on entry to the function, with its arguments; if @enter
 *	returns false, @leave is not called
 * @leave: called when the function has returned, with its return value
 *
 * @enter and @leave run in the task that called the function, with preemption
 * disabled. @enter and @leave must not sleep, touch user memory or call a
 * probed function. The task may sleep between @enter and @leave. If the probe
 * is disarmed during this time, @leave is not called. After
 * mmapdemo_probes_disarm() has returned, @enter and @leave may still run until
 * an RCU grace period has passed. The probed function takes at most 12 words of
 * arguments, and returns at most one word. The kernel calls the probed function
 * only where it may sleep.
 */
struct probe {
	/* private: first member, because trampolines read it without an offset */
	unsigned long frame_bytes;	/* @frame_size, rounded up to whole words */

	/* private: written with probes_lock held, read by the probed task */
	unsigned long entry;	/* @round while the trampoline observes all calls */
	unsigned long round;	/* number of the current arming; 0: not armed */

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
	u32 users;		/* bits of the users; the probe is armed if not 0 */
	u32 method;		/* MMAPDEMO_METHOD_* that observes new calls */
	int error;		/* errno of the last attempt to attach the probe */
	int refused;		/* errno that prevented a better @method, or EINPROGRESS */
	unsigned long rounds;	/* how often the probe was armed */
	unsigned long idle;	/* time when the last user was removed, in jiffies */
	const char *symbol;	/* name of the function, once known */
	unsigned long address;	/* address of @symbol, once known */
	unsigned long location;	/* location that ftrace patches, or 0 */
	u64 missed;		/* number of calls that earlier kretprobes missed */
	int ignored;		/* nmissed of @kretprobe when the probe was armed */
	unsigned long ignored_kp;	/* kp.nmissed when the probe was armed */
	bool enabled;		/* true while @kretprobe is enabled */
	struct probe_count __percpu *count;	/* each CPU writes its own counters */
	struct kretprobe_slot *kretprobe;	/* the registered kretprobe, or NULL */
	struct probe_direct direct;
};

/* defined in trace/hooks.c: the list of all probes */
extern struct probe *const mmapdemo_probes[];
extern const unsigned int mmapdemo_nr_probes;
void mmapdemo_hooks_prepare(void);

void mmapdemo_probes_init(void);
void mmapdemo_probes_exit(void);

int mmapdemo_probes_arm(u32 events, u32 user);
void mmapdemo_probes_disarm(u32 user);

/* functions in count.c */
struct probe_count mmapdemo_probe_sum(const struct probe *probe);
long mmapdemo_probe_inside(const struct probe *probe);

unsigned int mmapdemo_probes_count(void);
int mmapdemo_probes_read(unsigned int index, struct mmapdemo_probe *out);

#endif /* _MMAPDEMO_PROBES_H */
