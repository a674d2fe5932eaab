/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that trampolines call. There is a common pair of an enter and a
 * leave function, and a special pair for each hot probe.
 */
#ifndef _MMAPDEMO_ATTACH_DIRECT_H
#define _MMAPDEMO_ATTACH_DIRECT_H

#include "probe/probes.h"

#ifdef MMAPDEMO_HAVE_DIRECT

#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

/**
 * struct direct_frame - data of one call on the stack of a trampoline
 * @round: probe.round when the function was entered; 0: the call is not
 *	observed
 * @data: data that the probe's enter() stores for its leave()
 */
struct direct_frame {
	unsigned long round;
	unsigned long data[];
};

/**
 * struct direct_text - a trampoline, and the static call through which it calls
 *	the body
 * @probe: the probe of the trampoline
 * @trampoline: address of the trampoline. C code never calls the trampoline, so
 *	the type of the function does not matter
 * @key: key of the static call through which the trampoline calls the body
 * @call: the kernel's trampoline for that static call
 */
struct direct_text {
	const struct probe *probe;
	void (*trampoline)(void);
	struct static_call_key *key;
	void *call;
};

/* functions in trace/trampolines.c */
const struct direct_text *mmapdemo_direct_text(const struct probe *probe);

bool mmapdemo_direct_enter(struct probe *probe, unsigned long *args,
			   struct direct_frame *frame);
unsigned long mmapdemo_direct_leave(struct probe *probe,
				    struct direct_frame *frame,
				    unsigned long ret);
bool mmapdemo_direct_handed(struct probe *probe, const unsigned long *args,
			    struct direct_frame *frame);
void mmapdemo_direct_drain(struct probe *probe);

/*
 * Common part of all enter functions. For a hot probe, @enter is a constant, so
 * the compiler can inline @enter.
 */
static __always_inline bool
direct_enter(struct probe *probe, const unsigned long *args,
	     struct direct_frame *frame,
	     bool (*enter)(void *frame, const unsigned long *args))
{
	bool observed;

	preempt_disable_notrace();
	frame->round = READ_ONCE(probe->entry);
	if (likely(frame->round)) {
		__this_cpu_inc(probe->count->hits);
		observed = enter(frame->data, args);
		__this_cpu_add(probe->count->inside, (long)observed);
	} else {
		observed = mmapdemo_direct_handed(probe, args, frame);
	}
	preempt_enable_notrace();
	return observed;
}

/*
 * Common part of all leave functions. If a call began before the last arming,
 * the return of the call is not observed.
 */
static __always_inline unsigned long
direct_leave(struct probe *probe, struct direct_frame *frame, unsigned long ret,
	     void (*leave)(void *frame, unsigned long ret))
{
	preempt_disable_notrace();
	if (likely(READ_ONCE(probe->round) == frame->round)) {
		leave(frame->data, ret);
		__this_cpu_dec(probe->count->inside);
	} else {
		/*
		 * This call may be the only reason why the probe still holds a
		 * reference to the module from an earlier arming.
		 */
		__this_cpu_dec(probe->count->inside);
		mmapdemo_direct_drain(probe);
	}
	preempt_enable_notrace();
	return ret;
}

/* Define the enter and leave functions of a hot probe, which make no indirect calls. */
#define MMAPDEMO_DIRECT_HOT(name, enter, leave)				\
bool mmapdemo_direct_enter_##name(struct probe *probe,			\
				  unsigned long *args,			\
				  struct direct_frame *frame);		\
unsigned long mmapdemo_direct_leave_##name(struct probe *probe,	\
					   struct direct_frame *frame,	\
					   unsigned long ret);		\
									\
notrace bool mmapdemo_direct_enter_##name(struct probe *probe,		\
					  unsigned long *args,		\
					  struct direct_frame *frame)	\
{									\
	return direct_enter(&mmapdemo_probe_##name, args, frame, enter); \
}									\
NOKPROBE_SYMBOL(mmapdemo_direct_enter_##name);				\
									\
notrace unsigned long							\
mmapdemo_direct_leave_##name(struct probe *probe,			\
			     struct direct_frame *frame,		\
			     unsigned long ret)				\
{									\
	return direct_leave(&mmapdemo_probe_##name, frame, ret, leave); \
}									\
NOKPROBE_SYMBOL(mmapdemo_direct_leave_##name)

#endif /* MMAPDEMO_HAVE_DIRECT */

#endif /* _MMAPDEMO_ATTACH_DIRECT_H */
