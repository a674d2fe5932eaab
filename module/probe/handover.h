/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a trampoline of direct.c takes over from a kretprobe, so that each call is
 * observed by the kretprobe or by the trampoline, but not by both.
 *
 * While a kretprobe and a trampoline are attached to a function, ftrace calls
 * the kretprobe first, and then the trampoline. For each call, the kretprobe
 * either observes the call or leaves a mark. The trampoline observes only calls
 * with a mark. A task can be preempted between the kretprobe and the
 * trampoline, so each mark belongs to a task. The takeover by
 * mmapdemo_direct_handover() has three steps:
 *
 * 1. The trampoline is attached, and observes nothing yet. When an RCU-tasks
 *    grace period has passed, every call that reaches the kretprobe also
 *    reaches the trampoline.
 * 2. probe.direct.handover is set, so that the kretprobe leaves marks. When an
 *    RCU-tasks grace period has passed, all calls that the kretprobe observed
 *    have gone through the trampoline.
 * 3. probe.entry is set, so that the trampoline observes all calls, and the
 *    kretprobe observes none.
 */
#ifndef _MMAPDEMO_HANDOVER_H
#define _MMAPDEMO_HANDOVER_H

#include "probe/probes.h"

#ifdef MMAPDEMO_HAVE_DIRECT
void mmapdemo_handover_reset(void);
bool mmapdemo_handover_passes(struct probe *probe);
bool mmapdemo_handover_take(const struct probe *probe);
#else
static inline bool mmapdemo_handover_passes(struct probe *probe)
{
	return false;
}
#endif

#endif /* _MMAPDEMO_HANDOVER_H */
