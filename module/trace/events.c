// SPDX-License-Identifier: GPL-2.0-only
/* This file defines the trace events, and arms the probes that the events need. */
#include "common.h"
#include "compat/fault.h"
#include "mmapdemo.h"
#include "probe/probes.h"
#include "trace/batch.h"
#include "trace/selftest.h"
#include "trace/wait.h"

#include <linux/capability.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/trace_events.h>

static int events_reg(struct trace_event_call *call, enum trace_reg type,
		      void *data);

/* Make events_reg() the callback by which the trace core enables an event. */
#define trace_event_reg events_reg
#define CREATE_TRACE_POINTS
#include "trace/events.h"
#undef trace_event_reg

/* names.h contains these numbers as literals. */
static_assert(VM_READ == 0x1 && VM_WRITE == 0x2 && VM_EXEC == 0x4 &&
	      VM_MAYSHARE == 0x80);

/* TP_fast_assign() of pte_fault copies these members at once. */
static_assert(offsetof(struct fault_record, from) ==
	      offsetof(struct fault_record, retries) + 3);
static_assert(offsetof(struct fault_record, folio) ==
	      offsetof(struct fault_record, huge) + 2);

/* MMAPDEMO_VM_FLAGS in uapi/mmapdemo.h contains these numbers as literals. */
static_assert(VM_SHARED == 0x8 && VM_MAYREAD == 0x10 && VM_MAYWRITE == 0x20 &&
	      VM_MAYEXEC == 0x40 && VM_GROWSDOWN == 0x100 &&
	      VM_PFNMAP == 0x400 && VM_LOCKED == 0x2000 && VM_IO == 0x4000 &&
	      VM_SEQ_READ == 0x8000 && VM_RAND_READ == 0x10000 &&
	      VM_DONTCOPY == 0x20000 && VM_DONTEXPAND == 0x40000 &&
	      VM_LOCKONFAULT == 0x80000 && VM_ACCOUNT == 0x100000 &&
	      VM_NORESERVE == 0x200000 && VM_HUGETLB == 0x400000 &&
	      VM_SYNC == 0x800000 && VM_WIPEONFORK == 0x2000000 &&
	      VM_DONTDUMP == 0x4000000 && VM_MIXEDMAP == 0x10000000 &&
	      VM_HUGEPAGE == 0x20000000 && VM_NOHUGEPAGE == 0x40000000);
#ifdef CONFIG_USERFAULTFD
static_assert(VM_UFFD_MISSING == 0x200 && VM_UFFD_WP == 0x1000);
#endif
#ifdef CONFIG_KSM
static_assert(VM_MERGEABLE == 0x80000000);
#endif
static_assert(MAP_SHARED == 0x1 && MAP_PRIVATE == 0x2 && MAP_FIXED == 0x10 &&
	      MAP_ANONYMOUS == 0x20 && MAP_GROWSDOWN == 0x100 &&
	      MAP_DENYWRITE == 0x800 && MAP_EXECUTABLE == 0x1000 &&
	      MAP_LOCKED == 0x2000 && MAP_NORESERVE == 0x4000 &&
	      MAP_POPULATE == 0x8000 && MAP_NONBLOCK == 0x10000 &&
	      MAP_STACK == 0x20000 && MAP_HUGETLB == 0x40000 &&
	      MAP_SYNC == 0x80000 && MAP_FIXED_NOREPLACE == 0x100000);
static_assert(MREMAP_MAYMOVE == 0x1 && MREMAP_FIXED == 0x2 &&
	      MREMAP_DONTUNMAP == 0x4);
#define RET_IS(name, number) \
	static_assert((__force u32)VM_FAULT_##name == (number))
RET_IS(OOM, 0x1);
RET_IS(SIGBUS, 0x2);
RET_IS(MAJOR, 0x4);
RET_IS(HWPOISON, 0x10);
RET_IS(HWPOISON_LARGE, 0x20);
RET_IS(SIGSEGV, 0x40);
RET_IS(NOPAGE, 0x100);
RET_IS(LOCKED, 0x200);
RET_IS(RETRY, 0x400);
RET_IS(FALLBACK, 0x800);
RET_IS(DONE_COW, 0x1000);
RET_IS(NEEDDSYNC, 0x2000);
RET_IS(COMPLETED, 0x4000);

static struct trace_event_call *const events[] = {
	[MMAPDEMO_EVENT_DO_MMAP] = &event_do_mmap,
	[MMAPDEMO_EVENT_GET_UNMAPPED_AREA] = &event_get_unmapped_area,
	[MMAPDEMO_EVENT_VMA_MERGE] = &event_vma_merge,
	[MMAPDEMO_EVENT_VMA_LINK] = &event_vma_link,
	[MMAPDEMO_EVENT_PTE_FAULT] = &event_pte_fault,
	[MMAPDEMO_EVENT_VMA_SPLIT] = &event_vma_split,
	[MMAPDEMO_EVENT_VMA_UNLINK] = &event_vma_unlink,
	[MMAPDEMO_EVENT_BRK] = &event_brk,
	[MMAPDEMO_EVENT_MREMAP] = &event_mremap,
	[MMAPDEMO_EVENT_DUP_MM] = &event_dup_mm,
	[MMAPDEMO_EVENT_PGD_ALLOC] = &event_pgd_alloc,
	[MMAPDEMO_EVENT_EXIT_MMAP] = &event_exit_mmap,
	[MMAPDEMO_EVENT_FAULT_TIME] = &event_fault_time,
	[MMAPDEMO_EVENT_MMAP_LOCK_WAIT] = &event_mmap_lock_wait,
	[MMAPDEMO_EVENT_PTE_FAULTS] = &event_pte_faults,
	[MMAPDEMO_EVENT_FAULT_SIGNAL] = &event_fault_signal,
};
static_assert(ARRAY_SIZE(events) == MMAPDEMO_EVENTS);

bool mmapdemo_events_frames = true;
module_param_named(frames, mmapdemo_events_frames, bool, 0600);
MODULE_PARM_DESC(frames, "1: events show page frame numbers to every user who can read tracefs (default); 0: the field pfn is always 0");

static DEFINE_MUTEX(events_lock);
/*
 * Number of users of each event. Each trace instance is one user, and perf is
 * another user. Protected by events_lock.
 */
static unsigned int events_users[MMAPDEMO_EVENTS];

static u32 event_number(const struct trace_event_call *call)
{
	u32 event = 0;

	while (events[event] != call)
		event++;
	return event;
}

/* Events that need the parts of faults, which tracepoints of the kernel show. */
#define EVENTS_OF_WAITS (BIT(MMAPDEMO_EVENT_FAULT_TIME) | \
			 BIT(MMAPDEMO_EVENT_MMAP_LOCK_WAIT))

/* Get what an event needs in addition to its probes. */
static int event_need(u32 event)
{
	if (BIT(event) & EVENTS_OF_WAITS)
		return mmapdemo_wait_get();
	return event == MMAPDEMO_EVENT_PTE_FAULTS ? mmapdemo_batch_get() : 0;
}

static int event_arm(u32 event)
{
	int ret = mmapdemo_probes_arm(BIT(event), BIT(event));

	if (ret)
		return ret;
	ret = event_need(event);
	if (ret)
		mmapdemo_probes_disarm(BIT(event));
	return ret;
}

static void event_disarm(u32 event)
{
	mmapdemo_probes_disarm(BIT(event));
	if (BIT(event) & EVENTS_OF_WAITS)
		mmapdemo_wait_put();
	else if (event == MMAPDEMO_EVENT_PTE_FAULTS)
		mmapdemo_batch_put();
}

/* Return the event whose self test decides if @event is available. */
static u32 event_tested(u32 event)
{
	return event == MMAPDEMO_EVENT_PTE_FAULTS ? MMAPDEMO_EVENT_PTE_FAULT : event;
}

static int event_get(u32 event)
{
	int ret = 0;

	mutex_lock(&events_lock);
	if (mmapdemo_selftest_refuses(event_tested(event)))
		ret = -EOPNOTSUPP;
	else if (!events_users[event])
		ret = event_arm(event);
	if (!ret)
		events_users[event]++;
	mutex_unlock(&events_lock);
	if (ret == -EOPNOTSUPP)
		mmapdemo_selftest_explain(event_tested(event));
	return ret;
}

static void event_put(u32 event)
{
	mutex_lock(&events_lock);
	if (!--events_users[event])
		event_disarm(event);
	mutex_unlock(&events_lock);
}

/*
 * Enable or disable an event for a trace instance, or for perf. Probes are
 * attached before the event is enabled, and detached after it is disabled. The
 * kernel's kprobe events also attach their probes in this callback
 * [kprobe_register()]. The callbacks of TRACE_EVENT_FN() can't attach probes,
 * because they are called with tracepoints_mutex held. Attaching takes
 * ftrace_lock. But a write to set_ftrace_pid takes tracepoints_mutex with
 * ftrace_lock held. So two tasks could deadlock.
 */
/*
 * A user of pte_faults comes or goes. A perf event also comes and goes on a CPU, with
 * interrupts disabled, each time its task is scheduled.
 */
static void flush_for(enum trace_reg type, bool everywhere)
{
	if (everywhere)
		mmapdemo_batch_flush();
#ifdef CONFIG_PERF_EVENTS
	else if (type == TRACE_REG_PERF_ADD || type == TRACE_REG_PERF_DEL)
		mmapdemo_batch_flush_here();
#endif
}

static int events_reg(struct trace_event_call *call, enum trace_reg type,
		      void *data)
{
	u32 event = event_number(call);
	bool get = type == TRACE_REG_REGISTER;
	bool put = type == TRACE_REG_UNREGISTER;
	int ret;

#ifdef CONFIG_PERF_EVENTS
	get |= type == TRACE_REG_PERF_REGISTER;
	put |= type == TRACE_REG_PERF_UNREGISTER;
#endif
	ret = get ? event_get(event) : 0;
	if (ret)
		return ret;
	if (event == MMAPDEMO_EVENT_PTE_FAULTS)
		flush_for(type, get || put);
	ret = trace_event_reg(call, type, data);
	if (put || (get && ret))
		event_put(event);
	return ret;
}

#ifdef CONFIG_PERF_EVENTS
/*
 * Require CAP_SYS_ADMIN, whatever perf_event_paranoid allows. Page frame
 * numbers help Rowhammer attacks, and /proc/PID/pagemap shows page frame
 * numbers only with CAP_SYS_ADMIN. An event that is inherited by fork() is
 * checked in the task that forks, which may lack the capability. An inherited
 * event is allowed, because its parent event was allowed.
 */
static int events_perf_perm(struct trace_event_call *call,
			    struct perf_event *event)
{
	return event->parent || capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}
#endif

/**
 * mmapdemo_events_refuse - make events unavailable
 * @events: the events, one bit per enum mmapdemo_event
 *
 * An event that was enabled while the module was loaded stays enabled, but its
 * probes are disarmed, unless they have other users.
 */
void mmapdemo_events_refuse(u32 events)
{
	mutex_lock(&events_lock);
	WRITE_ONCE(mmapdemo_selftest_failed, events);
	if (events & BIT(MMAPDEMO_EVENT_PTE_FAULT))
		events |= BIT(MMAPDEMO_EVENT_PTE_FAULTS);
	mmapdemo_probes_disarm(events);
	mutex_unlock(&events_lock);
}

/** mmapdemo_events_init - restrict which users can open the events by perf */
void mmapdemo_events_init(void)
{
#ifdef CONFIG_PERF_EVENTS
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		events[i]->perf_perm = events_perf_perm;
#endif
}
