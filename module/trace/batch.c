// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches of faults, which the event pte_faults reports.
 *
 * Half of the price of an event is the ring buffer's, whatever the event contains. So
 * each CPU keeps faults in a batch, and one event reports the whole batch.
 *
 * A batch contains only faults of the task that runs on the CPU now, because the
 * batch is written when the scheduler begins to switch tasks. So the header of the
 * event has the right task, and the filters of trace instances by task (set_event_pid)
 * treat a batch as they treat a single fault. At sched_switch, these filters would also
 * let pass what the next task may write. A CPU can't go offline while its batch contains
 * faults, because another task runs then.
 *
 * A batch is also written when it is full, at a tick, and before a user of the event
 * comes or goes. On a CPU without ticks, a timer writes the batch at most BATCH_NS after
 * its first fault.
 *
 * CLOCK_MONOTONIC is read only for the first fault, and when the batch is written. The
 * times of the other faults are computed from a clock that takes fewer instructions.
 */
#include "clock.h"
#include "common.h"
#include "compat/hrtimer.h"
#include "probe/tracepoint.h"
#include "trace/batch.h"
#include "trace/events.h"
#include "trace/huge_fault.h"

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/stddef.h>
#include <linux/timekeeping.h>

/*
 * A tracepoint that is called, with interrupts disabled, before the next task is chosen.
 * Tiny RCU takes no notice of task switches.
 */
#ifdef CONFIG_TINY_RCU
#define SWITCH_TRACEPOINT "sched_switch"
#else
#define SWITCH_TRACEPOINT "rcu_utilization"
#endif

/* Time between two runs of the timer, in ns. */
#define BATCH_NS (10 * NSEC_PER_MSEC)

/**
 * struct batch_mark - readings of two clocks at the same time
 * @moment: the clock of durations
 * @ns: CLOCK_MONOTONIC
 */
struct batch_mark {
	struct moment moment;
	u64 ns;
};

/*
 * Two events of this size fit into a page of the ring buffer, with room for other events:
 * for one tlb_flush every fifth fault.
 */
#define BATCH_BYTES (sizeof(struct mmapdemo_batch_vma) + \
		     MMAPDEMO_BATCH_MAX * sizeof(struct mmapdemo_batch_fault))
static_assert(BATCH_BYTES <= 1800);

/**
 * struct batch - the batch of one CPU
 * @record: the faults. Until the batch is written, the time and the number of faults are
 *	not valid, and the delay of a fault is the lower half of the ticks of the clock of
 *	durations
 * @next: the place of the next fault in @record
 * @last: a fault at a higher address than this would make @record too large
 * @vma: the VMA of the last fault. If there is no fault, the VMA has no addresses
 * @index: index of @vma in @record
 * @busy: a fault is being added. Then interrupt handlers only set @late
 * @late: an interrupt handler must write @record, but found @busy
 * @begin: readings of the clocks just before the first fault was added
 * @timer: writes @record. The timer runs as long as each run finds a fault
 *
 * Only the CPU reads and writes its batch, with preemption disabled. While it writes
 * the batch, @busy is true or interrupts are disabled.
 */
struct batch {
	struct batch_record record;
	struct mmapdemo_batch_fault *next;
	const void *last;
	const struct mmapdemo_batch_vma *vma;
	u64 index;
	bool busy;
	bool late;
	struct batch_mark begin;
	struct hrtimer timer;
};

DEFINE_STATIC_KEY_FALSE(mmapdemo_batch_key);

static DEFINE_MUTEX(batch_lock);
static unsigned int batch_users;	/* protected by batch_lock */
static bool batch_closed;	/* module_exit() has begun; protected by batch_lock */

/*
 * Written with batch_lock held, while mmapdemo_batch_key is disabled and no function
 * of the tracepoints runs.
 */
static struct batch __percpu *batches;

/* ---- times ---- */

/* If reading both clocks takes more ticks, the reading was interrupted. */
#define MARK_TICKS (1 << 12)
#define MARK_TRIES 4

static void mark_set(struct batch_mark *mark)
{
	unsigned int tries = 0;

	do {
		mark->moment = mmapdemo_clock();
		mark->ns = ktime_get_mono_fast_ns();
	} while (mmapdemo_clock().ticks - mark->moment.ticks > MARK_TICKS &&
		 ++tries < MARK_TRIES);
}

#define SCALE_SHIFT 24

/* Return the number of ns in 2^SCALE_SHIFT ticks, according to the rate of the clock. */
static u64 scale_of(const struct moment *moment)
{
	return moment->rate ? moment->rate >> (MOMENT_RATE_SHIFT - SCALE_SHIFT) :
			      1 << SCALE_SHIFT;
}

/*
 * Return the number of ns of CLOCK_MONOTONIC in 2^SCALE_SHIFT ticks. CLOCK_MONOTONIC
 * can be slower or faster than the clock of durations, because NTP adjusts
 * CLOCK_MONOTONIC. In a short time, the difference is less than the error of the marks.
 * Return 0 if the clock of durations has changed, or if the lower half of its ticks is
 * not enough, because interrupts were disabled for a second.
 */
static u64 scale_between(const struct batch_mark *begin, const struct batch_mark *end)
{
	u64 ticks = end->moment.ticks - begin->moment.ticks;
	s64 ns = end->ns - begin->ns;

	if (begin->moment.rate != end->moment.rate || ticks > U32_MAX)
		return 0;
	if (ns < NSEC_PER_MSEC || !ticks)
		return scale_of(&begin->moment);
	return div64_u64((u64)ns << SCALE_SHIFT, ticks);
}

/* Set the times of the faults. */
static void batch_times(struct batch *batch)
{
	struct batch_record *b = &batch->record;
	u32 first = b->fault[0].delay, i;
	struct batch_mark end;
	u64 scale;

	mark_set(&end);
	scale = scale_between(&batch->begin, &end);
	/* The first fault ended before the mark. */
	b->time = batch->begin.ns -
		  (((u32)batch->begin.moment.ticks - first) * scale >> SCALE_SHIFT);
	for (i = 0; i < b->count; i++)
		b->fault[i].delay = (b->fault[i].delay - first) * scale >> SCALE_SHIFT;
}

/* ---- one CPU, with preemption disabled ---- */

static void batch_hide_frames(struct batch_record *b)
{
	u32 i;

	for (i = 0; i < b->count; i++)
		b->fault[i].pfn = 0;
}

static __always_inline void batch_set_vma(struct batch *batch, u32 index)
{
	batch->vma = &batch->record.vma[index];
	batch->index = index;
}

static void batch_clear(struct batch *batch)
{
	struct batch_record *b = &batch->record;

	b->vmas = 0;
	b->vma[0].end = 0;
	batch_set_vma(batch, 0);
	batch->next = &b->fault[0];
	batch->last = (char *)b->fault + BATCH_BYTES - sizeof(b->fault[0]);
}

static bool batch_empty(const struct batch *batch)
{
	return batch->next == batch->record.fault;
}

static void batch_write(struct batch *batch)
{
	if (batch_empty(batch))
		return;
	batch->record.count = batch->next - batch->record.fault;
	batch_times(batch);
	if (!READ_ONCE(mmapdemo_events_frames))
		batch_hide_frames(&batch->record);
	trace_pte_faults(&batch->record);
	batch_clear(batch);
}

/* Write the batch of this CPU. No fault is being added. */
static void batch_write_here(struct batch *batch)
{
	unsigned long flags;

	local_irq_save(flags);
	batch->late = false;
	batch_write(batch);
	local_irq_restore(flags);
}

/*
 * Write the batch of this CPU from an interrupt handler. Return false if a fault is
 * being added. Then the batch is written just after the fault was added.
 */
static bool batch_flush(struct batch *batch)
{
	if (READ_ONCE(batch->busy)) {
		WRITE_ONCE(batch->late, true);
		return false;
	}
	batch_write(batch);
	return true;
}

/*
 * If the CPU of the timer has gone offline, the timer runs on another CPU. The batch of
 * the offline CPU is empty.
 */
static enum hrtimer_restart batch_late(struct hrtimer *timer)
{
	struct batch *batch = container_of(timer, struct batch, timer);

	if (batch != this_cpu_ptr(batches) ||
	    (!READ_ONCE(batch->busy) && batch_empty(batch)))
		return HRTIMER_NORESTART;
	batch_flush(batch);
	hrtimer_forward_now(timer, ns_to_ktime(BATCH_NS));
	return HRTIMER_RESTART;
}

static __always_inline bool vma_is(const struct mmapdemo_batch_vma *vma,
				   const struct fault_record *r)
{
	return vma->start == r->vma.start && vma->end == r->vma.end &&
	       vma->mm == r->mm && vma->vm_flags == r->vma_flags &&
	       vma->ino == r->file.ino && vma->pgoff == r->vma_pgoff &&
	       vma->dev == r->file.dev;
}

/* There are never more VMAs than faults. */
static void batch_add_vma(struct batch *batch, const struct fault_record *r)
{
	const u32 index = batch->record.vmas++;

	batch->record.vma[index] = (struct mmapdemo_batch_vma) {
		.start = r->vma.start,
		.end = r->vma.end,
		.vm_flags = r->vma_flags,
		.pgoff = r->vma_pgoff,
		.ino = r->file.ino,
		.dev = r->file.dev,
		.mm = r->mm,
	};
	batch_set_vma(batch, index);
	batch->last -= sizeof(batch->record.vma[0]);
}

static void batch_begin(struct batch *batch)
{
	mark_set(&batch->begin);
	if (!hrtimer_active(&batch->timer))
		hrtimer_start(&batch->timer, ns_to_ktime(BATCH_NS),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/* Set @batch->vma to the VMA of a fault, which is not the VMA of the last fault. */
static noinline void batch_find_vma(struct batch *batch, const struct fault_record *r)
{
	struct batch_record *b = &batch->record;
	u32 i;

	for (i = 0; i < b->vmas; i++) {
		if (vma_is(&b->vma[i], r)) {
			batch_set_vma(batch, i);
			return;
		}
	}
	if ((void *)batch->next > batch->last - sizeof(b->vma[0]))
		batch_write(batch);
	if (batch_empty(batch))
		batch_begin(batch);
	batch_add_vma(batch, r);
}

/**
 * struct packed_fault - the words of struct mmapdemo_batch_fault
 * @delay: member @delay
 * @ret: member @ret
 * @address: members @vma and @address
 * @ip: members @trigger and @ip
 * @frame: members @pfn and @entry_before
 * @duration: members @huge, @folio, @before and @duration
 * @same: the members from @retries to @after_seen
 * @nr: member @nr
 * @after: members @entry_after, @after and @order
 *
 * A compiler would write bit-fields one after the other.
 */
struct packed_fault {
	u32 delay;
	u32 ret;
	u64 address;
	u64 ip;
	u64 frame;
	u64 duration;
	u64 same;
	s32 nr;
	u32 after;
};
static_assert(sizeof(struct packed_fault) == sizeof(struct mmapdemo_batch_fault));
static_assert(MMAPDEMO_BATCH_MAX <= 1 << 7);
static_assert(MMAPDEMO_ENTRY_WRITE_THROUGH < 1 << 22);
static_assert(MMAPDEMO_HUGE_REASON_COUNT <= 1 << 5);
/* Member @folio is fls() of the number of pages. */
static_assert(PMD_SHIFT - PAGE_SHIFT + 1 < 1 << 4);

/* Return the members from @retries to @after_seen, which have the same layout. */
static __always_inline u64 fault_same(const struct fault_record *r)
{
#define SAME(copy, member)						\
	static_assert(offsetof(struct mmapdemo_batch_fault, copy) -		\
		      offsetof(struct packed_fault, same) ==			\
		      offsetof(struct fault_record, member) -		\
		      offsetof(struct fault_record, retries))
	SAME(retries, retries);
	SAME(access, access);
	SAME(from, from);
	SAME(fault_class, class);
	SAME(filled, filled);
	SAME(vma_lock, vma_lock);
	SAME(after_seen, after_seen);
#undef SAME
	static_assert(offsetof(struct fault_record, retries) % sizeof(u64) == 0);
	return *(const u64 *)&r->retries;
}

/* The highest duration that fits into its bits, which is 13 days. */
#define DURATION_MAX ((1ULL << 50) - 1)

static __always_inline void fault_store(struct packed_fault *to,
					const struct fault_record *r, u64 vma, u32 huge)
{
	u64 duration = r->duration;

	if (unlikely(duration > DURATION_MAX))
		duration = DURATION_MAX;
	to->delay = r->ended;
	to->ret = r->ret;
	to->address = r->address << 7 | vma;
	to->ip = r->ip << 7 | r->trigger.kind;
	to->frame = (u64)r->before.entry << 40 | r->after.pfn;
	to->duration = duration << 14 | (u32)r->before.levels << 9 | huge;
	to->same = fault_same(r);
	to->nr = r->trigger.nr;
	to->after = (u32)r->after.order << 27 | (u32)r->after.levels << 22 |
		    r->after.entry;
}

static __always_inline void batch_add(const struct fault_record *r, u32 huge)
{
	struct batch *batch = this_cpu_ptr(batches);

	WRITE_ONCE(batch->busy, true);
	barrier();
	if (unlikely(!vma_is(batch->vma, r)))
		batch_find_vma(batch, r);
	fault_store((struct packed_fault *)batch->next++, r, batch->index, huge);
	if (unlikely((void *)batch->next > batch->last))
		batch_write(batch);
	barrier();
	WRITE_ONCE(batch->busy, false);
	if (unlikely(READ_ONCE(batch->late)))
		batch_write_here(batch);
}

/**
 * mmapdemo_batch_add - add a fault to the batch of this CPU
 * @r: the fault, which has just ended, and found a page table
 *
 * mmapdemo_batch_wanted() is true. The caller has disabled preemption since it called
 * mmapdemo_batch_wanted().
 */
void mmapdemo_batch_add(const struct fault_record *r)
{
	batch_add(r, 0);
}

/**
 * mmapdemo_batch_add_huge - add a fault to the batch of this CPU
 * @r: the fault, whose members @huge and @folio are filled in
 *
 * The caller does as for mmapdemo_batch_add().
 */
void mmapdemo_batch_add_huge(const struct fault_record *r)
{
	batch_add(r, huge_packed(r));
}

/* ---- all CPUs ---- */

static void batch_flush_here(void *busy)
{
	if (!batch_flush(this_cpu_ptr(batches)))
		WRITE_ONCE(*(bool *)busy, true);
}

/* Write all batches. A hook that is adding a fault has preemption disabled. */
static void batches_flush(void)
{
	bool busy = false;

	lockdep_assert_held(&batch_lock);

	on_each_cpu(batch_flush_here, &busy, 1);
	if (busy)
		synchronize_rcu();
}

/* Called at rcu_utilization: at a task switch, at a tick, and in a softirq of RCU. */
static void batch_seen_rcu(void *data, const char *what)
{
	unsigned long flags;
	struct batch *batch;

	local_irq_save(flags);
	batch = this_cpu_ptr(batches);
	if (unlikely(!batch_empty(batch)))
		batch_flush(batch);
	local_irq_restore(flags);
}

/**
 * mmapdemo_batch_flush - write the faults of all batches to the trace
 *
 * A user of the event that comes after this call gets no fault from before this call.
 * A user that goes has got all faults that ended before this call. The function may
 * sleep.
 */
void mmapdemo_batch_flush(void)
{
	mutex_lock(&batch_lock);
	if (batches)
		batches_flush();
	mutex_unlock(&batch_lock);
}

/**
 * mmapdemo_batch_flush_here - write the faults of this CPU to the trace
 *
 * The caller has disabled interrupts.
 */
void mmapdemo_batch_flush_here(void)
{
	if (mmapdemo_batch_wanted())
		batch_flush(this_cpu_ptr(batches));
}

/* ---- users ---- */

static int batch_alloc(void)
{
	int cpu;

	batches = alloc_percpu(struct batch);
	if (!batches)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct batch *batch = per_cpu_ptr(batches, cpu);

		batch_clear(batch);
		hrtimer_setup(&batch->timer, batch_late, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_PINNED_HARD);
	}
	return 0;
}

/* The timers of all CPUs have no function to call after this. */
static void batch_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(batches, cpu)->timer);
	free_percpu(batches);
	batches = NULL;
}

static int batch_open(void)
{
	int ret;

	lockdep_assert_held(&batch_lock);

	ret = batch_alloc();
	if (ret)
		return ret;
	ret = mmapdemo_tracepoint_register(SWITCH_TRACEPOINT, batch_seen_rcu, NULL);
	if (ret) {
		batch_free();
		return ret;
	}
	static_branch_enable(&mmapdemo_batch_key);
	return 0;
}

static void batch_close(void)
{
	lockdep_assert_held(&batch_lock);

	static_branch_disable(&mmapdemo_batch_key);
	/* Wait for hooks that are still adding a fault. They have preemption disabled. */
	synchronize_rcu();
	batches_flush();
	mmapdemo_tracepoint_unregister(SWITCH_TRACEPOINT, batch_seen_rcu, NULL);
	tracepoint_synchronize_unregister();
	batch_free();
}

/**
 * mmapdemo_batch_get - begin to keep faults in batches
 *
 * The function may sleep.
 *
 * Return: 0, -ENOMEM, -ESHUTDOWN, or -ENOENT if the kernel lacks a tracepoint.
 */
int mmapdemo_batch_get(void)
{
	int ret = 0;

	mutex_lock(&batch_lock);
	if (batch_closed)
		ret = -ESHUTDOWN;
	else if (!batch_users)
		ret = batch_open();
	if (!ret)
		batch_users++;
	mutex_unlock(&batch_lock);
	return ret;
}

/** mmapdemo_batch_put - undo mmapdemo_batch_get() */
void mmapdemo_batch_put(void)
{
	mutex_lock(&batch_lock);
	if (!--batch_users && !batch_closed)
		batch_close();
	mutex_unlock(&batch_lock);
}

/**
 * mmapdemo_batch_exit - write all batches, and keep no more faults
 *
 * The event may still be enabled. The function is called when the module is unloaded.
 */
void mmapdemo_batch_exit(void)
{
	mutex_lock(&batch_lock);
	batch_closed = true;
	if (batch_users)
		batch_close();
	mutex_unlock(&batch_lock);
}
