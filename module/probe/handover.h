/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a trampoline of direct.c takes over from a kretprobe: each call is
 * observed by one of them, and only by one.
 *
 * While both are attached ftrace calls the kretprobe first, and then the
 * trampoline. The kretprobe decides: it observes a call, or passes it on with a
 * mark, and the trampoline observes the calls with a mark. A task can be
 * preempted in between, so the marks are by task. With mmapdemo_direct_handover()
 * as the only writer, the steps are:
 *
 * 1. The trampoline is attached, and observes nothing. An RCU-tasks grace period
 *    later, no call is in progress that reaches the kretprobe only.
 * 2. probe.direct.handover: the kretprobe leaves marks. An RCU-tasks grace period
 *    later, no call that it has observed is in front of the trampoline.
 * 3. probe.entry: the trampoline observes all calls, and the kretprobe passes all
 *    of them on.
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
