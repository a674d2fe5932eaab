/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks for the functions that wait for a rw_semaphore. For each name in
 * LOCK_PROBES(X) of symbols.h, this file defines name_enter() and lock_leave().
 */
#ifndef _MMAPDEMO_COMPAT_LOCK_H
#define _MMAPDEMO_COMPAT_LOCK_H

#include "compat/features.h"
#include "trace/hooks.h"
#include "trace/wait.h"

#if defined(HAS_TRACE_CONTENTION_BEGIN) || defined(CONFIG_PREEMPT_RT)

static inline u32 lock_unknown(void)
{
	return 0;
}

#else

/* Return the parts that are not known, because a probe is not armed. */
static u32 lock_unknown(void)
{
	return READ_ONCE(mmapdemo_probe_lock_read.round) &&
	       READ_ONCE(mmapdemo_probe_lock_write.round) ?
		       0 : BIT(MMAPDEMO_PART_LOCK);
}

static bool lock_enter(void *data, unsigned long lock, bool write)
{
	*(unsigned long *)data = lock;
	return mmapdemo_wait_wanted() && mmapdemo_wait_lock((void *)lock, write);
}

static bool lock_read_enter(void *data, const unsigned long *args)
{
	return lock_enter(data, args[0], /* write = */ false);
}

static bool lock_write_enter(void *data, const unsigned long *args)
{
	return lock_enter(data, args[0], /* write = */ true);
}

static void lock_leave(void *data, unsigned long ret)
{
	mmapdemo_wait_locked((void *)*(unsigned long *)data);
}

#endif

#endif /* _MMAPDEMO_COMPAT_LOCK_H */
