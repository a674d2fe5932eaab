// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints of the kernel that show where the time of faults goes.
 *
 * The tracepoints are found by name, and are used only while an event needs them. A
 * kernel may lack a tracepoint. Then the part that depends on it is not known. Linux
 * 5.10 has no tracepoints for waits for locks, so on 5.10, probes observe the slow
 * paths of rw_semaphore.
 */
#include "common.h"
#include "compat/folio.h"
#include "mmapdemo.h"
#include "probe/tracepoint.h"
#include "trace/hooks.h"
#include "trace/kernel/bio.h"
#include "trace/kernel/lock.h"
#include "trace/kernel/symbols.h"
#include "trace/wait.h"

#include <linux/bio.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/tracepoint.h>

/* ---- the functions that the tracepoints call ---- */

/* Later kernels pass more arguments. */
static void seen_switch(void *data, bool preempt, struct task_struct *prev,
			struct task_struct *next)
{
	mmapdemo_wait_switch(prev, next, preempt);
}

static void seen_exit(void *data)
{
	mmapdemo_wait_exit_task();
}

static void seen_reclaim(void *data)
{
	mmapdemo_wait_reclaim(/* begin = */ true, 0);
}

static void seen_reclaimed(void *data, unsigned long pages)
{
	mmapdemo_wait_reclaim(/* begin = */ false, pages);
}

static void seen_compact(void *data)
{
	mmapdemo_wait_compact(/* begin = */ true);
}

static void seen_compacted(void *data)
{
	mmapdemo_wait_compact(/* begin = */ false);
}

static void seen_bio(void *data, struct bio *bio)
{
	if (!op_is_write(bio_op(bio)))
		mmapdemo_wait_read(bio->bi_iter.bi_size);
}

/* Since Linux 5.16, the tracepoint passes a folio, which begins with its first page. */
static void seen_cached(void *data, struct page *page)
{
	mmapdemo_wait_cached(compound_nr(page));
}

static void seen_lock(void *data, void *lock, unsigned int flags)
{
	mmapdemo_wait_lock(lock, !(flags & LOCK_FOR_READING));
}

static void seen_locked(void *data, void *lock, int ret)
{
	mmapdemo_wait_locked(lock);
}

/* ---- the list ---- */

/**
 * struct listener - a function that is called at a tracepoint
 * @name: name of the tracepoint
 * @function: the function
 * @parts: parts that are not known without the tracepoint, one bit per enum
 *	fault_part
 * @registered: true while the function is registered; protected by wait_lock
 */
struct listener {
	const char *name;
	void *function;
	u32 parts;
	bool registered;
};

#define RECLAIM_PARTS	(BIT(MMAPDEMO_PART_RECLAIM) | BIT(MMAPDEMO_PART_RECLAIM_SLEEP))

/* The last entry is required. */
static struct listener listeners[] = {
	{ "mm_vmscan_direct_reclaim_begin", seen_reclaim, RECLAIM_PARTS },
	{ "mm_vmscan_direct_reclaim_end", seen_reclaimed, RECLAIM_PARTS },
	{ "mm_vmscan_memcg_reclaim_begin", seen_reclaim, },
	{ "mm_vmscan_memcg_reclaim_end", seen_reclaimed, },
	{ "mm_vmscan_node_reclaim_begin", seen_reclaim, },
	{ "mm_vmscan_node_reclaim_end", seen_reclaimed, },
	{ "mm_compaction_begin", seen_compact, BIT(MMAPDEMO_PART_COMPACTION) },
	{ "mm_compaction_end", seen_compacted, BIT(MMAPDEMO_PART_COMPACTION) },
	{ "mm_filemap_add_to_page_cache", seen_cached, },
	{ "block_bio_queue", BIO_PROBE, },
	{ "contention_begin", seen_lock, LOCK_PARTS },
	{ "contention_end", seen_locked, LOCK_PARTS },
	{ "sched_process_exit", seen_exit, },
	{ "sched_switch", seen_switch, },
};

static DEFINE_MUTEX(wait_lock);
static unsigned int wait_users;	/* protected by wait_lock */
static bool wait_used;		/* a session has ended; protected by wait_lock */
static bool wait_closed;	/* module_exit() has begun; protected by wait_lock */

static void listeners_remove(void)
{
	unsigned int i;

	lockdep_assert_held(&wait_lock);

	for (i = 0; i < ARRAY_SIZE(listeners); i++) {
		if (listeners[i].registered)
			mmapdemo_tracepoint_unregister(listeners[i].name,
						       listeners[i].function, NULL);
		listeners[i].registered = false;
	}
}

/* Return 0 and the parts that are not known, or an error if tasks can't be followed. */
static int listeners_add(u32 *unknown)
{
	unsigned int i;
	int ret = 0;

	lockdep_assert_held(&wait_lock);

	for (i = 0; i < ARRAY_SIZE(listeners); i++) {
		ret = mmapdemo_tracepoint_register(listeners[i].name,
						   listeners[i].function, NULL);
		listeners[i].registered = !ret;
		if (ret)
			*unknown |= listeners[i].parts;
	}
	return ret;
}

static int wait_open(void)
{
	u32 unknown = lock_unknown();
	int ret;

	lockdep_assert_held(&wait_lock);

	/* Wait for functions of the last session. */
	if (wait_used)
		tracepoint_synchronize_unregister();
	wait_used = true;
	ret = mmapdemo_wait_start();
	if (ret)
		return ret;
	ret = listeners_add(&unknown);
	if (ret) {
		listeners_remove();
		return ret;
	}
	mmapdemo_wait_unknown(unknown);
	static_branch_enable(&mmapdemo_wait_key);
	return 0;
}

static void wait_close(void)
{
	lockdep_assert_held(&wait_lock);

	static_branch_disable(&mmapdemo_wait_key);
	listeners_remove();
}

/**
 * mmapdemo_wait_get - observe where the time of faults goes
 *
 * The caller has armed the probes of the event. The function may sleep.
 *
 * Return: 0, -ENOMEM, -ESHUTDOWN, or -ENOENT if the kernel has no tracepoint
 * sched_switch.
 */
int mmapdemo_wait_get(void)
{
	int ret = 0;

	mutex_lock(&wait_lock);
	if (wait_closed)
		ret = -ESHUTDOWN;
	else if (!wait_users)
		ret = wait_open();
	if (!ret)
		wait_users++;
	mutex_unlock(&wait_lock);
	return ret;
}

/** mmapdemo_wait_put - undo mmapdemo_wait_get() */
void mmapdemo_wait_put(void)
{
	mutex_lock(&wait_lock);
	if (!--wait_users && !wait_closed)
		wait_close();
	mutex_unlock(&wait_lock);
}

/**
 * mmapdemo_wait_exit - end the observation permanently, when the module is unloaded
 *
 * All probes were detached. Events may still be enabled.
 */
void mmapdemo_wait_exit(void)
{
	mutex_lock(&wait_lock);
	wait_closed = true;
	if (wait_users)
		wait_close();
	mutex_unlock(&wait_lock);
	tracepoint_synchronize_unregister();
	mmapdemo_wait_free();
}

/* ---- waits for mmap_lock without tracepoints ---- */

#define LOCK_PROBE(name, ...)						\
struct probe mmapdemo_probe_##name = {					\
	.symbols = SYMBOLS(__VA_ARGS__),				\
	.events = BIT(MMAPDEMO_EVENT_FAULT_TIME) |			\
		  BIT(MMAPDEMO_EVENT_MMAP_LOCK_WAIT),			\
	.nr_args = 1,						\
	.frame_size = sizeof(long),					\
	.enter = name##_enter,						\
	.leave = lock_leave,						\
};

LOCK_PROBES(LOCK_PROBE)
