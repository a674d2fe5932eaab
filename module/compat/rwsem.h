/* SPDX-License-Identifier: GPL-2.0-only */
/* The writer that holds a rw_semaphore, which the kernel's headers do not show. */
#ifndef _MMAPDEMO_COMPAT_RWSEM_H
#define _MMAPDEMO_COMPAT_RWSEM_H

#include "compat/features.h"

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

/*
 * Return the task that holds @sem for writing, or NULL if no task does, or if the
 * task is not known. The caller has disabled preemption, so that the task is not
 * freed. The task may release @sem at any time. Mirrors rwsem_owner(), and
 * rt_mutex_owner() with PREEMPT_RT.
 */
static inline struct task_struct *rwsem_writer(const struct rw_semaphore *sem)
{
#if defined(CONFIG_PREEMPT_RT) && !defined(HAS_TRACE_CONTENTION_BEGIN)
	return NULL;	/* Linux 5.10, where no wait is observed */
#elif defined(CONFIG_PREEMPT_RT)
	return (struct task_struct *)
		((unsigned long)READ_ONCE(sem->rwbase.rtmutex.owner) & ~1UL);
#else
	unsigned long owner = atomic_long_read(&sem->owner);

	/* Bit 0 is RWSEM_READER_OWNED, and bits 1 and 2 are other flags. */
	return owner & 1 ? NULL : (struct task_struct *)(owner & ~7UL);
#endif
}

#endif /* _MMAPDEMO_COMPAT_RWSEM_H */
