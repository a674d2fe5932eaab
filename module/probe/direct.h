/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the trampolines of direct.c call: the same for every probe, or a
 * pair of functions of a hot probe's own.
 */
#ifndef _MMAPDEMO_ATTACH_DIRECT_H
#define _MMAPDEMO_ATTACH_DIRECT_H

#include "probe/probes.h"

#ifdef MMAPDEMO_HAVE_DIRECT

#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

/**
 * struct direct_frame - what a trampoline keeps on the stack for a call
 * @round: probe.round when it was entered, 0 when the call is not observed
 * @data: enter()'s and leave()'s
 */
struct direct_frame {
	unsigned long round;
	unsigned long data[];
};

/**
 * struct direct_text - a trampoline and how it reaches the body
 * @probe: whose it is
 * @trampoline: its address; no C code calls it, any type will do
 * @key: the static call that it reaches the body through
 * @call: the trampoline of the static call
 */
struct direct_text {
	const struct probe *probe;
	void (*trampoline)(void);
	struct static_call_key *key;
	void *call;
};

/* trace/trampolines.c */
const struct direct_text *mmapdemo_direct_text(const struct probe *probe);

bool mmapdemo_direct_enter(struct probe *probe, unsigned long *args,
			   struct direct_frame *frame);
unsigned long mmapdemo_direct_leave(struct probe *probe,
				    struct direct_frame *frame,
				    unsigned long ret);
bool mmapdemo_direct_handed(struct probe *probe, const unsigned long *args,
			    struct direct_frame *frame);
void mmapdemo_direct_drain(struct probe *probe);

/* What it does, with @enter known when it is compiled or not. */
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

/* Not observed are calls that began before the probe was armed again. */
static __always_inline unsigned long
direct_leave(struct probe *probe, struct direct_frame *frame, unsigned long ret,
	     void (*leave)(void *frame, unsigned long ret))
{
	preempt_disable_notrace();
	if (likely(READ_ONCE(probe->round) == frame->round)) {
		leave(frame->data, ret);
		__this_cpu_dec(probe->count->inside);
	} else {
		/* Whatever the probe was armed by since: the reference may wait. */
		__this_cpu_dec(probe->count->inside);
		mmapdemo_direct_drain(probe);
	}
	preempt_enable_notrace();
	return ret;
}

/* A hot probe's own pair, without indirect calls. */
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
