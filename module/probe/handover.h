/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takeover from a kretprobe by a trampoline of direct.c: each call is observed by
 * exactly one of the two.
 *
 * While both are attached, ftrace calls the kretprobe first, and then the
 * trampoline. The kretprobe decides: it observes a call, or passes the call on with
 * a mark, and the trampoline observes the calls with a mark. A task can be
 * preempted in between, so each mark belongs to a task. mmapdemo_direct_handover()
 * takes over in three steps:
 *
 * 1. The trampoline is attached and observes nothing. An RCU-tasks grace period
 *    later, no call is in progress that reached only the kretprobe.
 * 2. probe.direct.handover is set: the kretprobe leaves marks. An RCU-tasks grace
 *    period later, all calls that the kretprobe observes have passed the
 *    trampoline.
 * 3. probe.entry is set: the trampoline observes all calls, and the kretprobe
 *    passes all of them on.
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
