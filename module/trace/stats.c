// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of faults by class and duration. Counting a fault does not require
 * an event.
 *
 * Each counter belongs to a file descriptor, and exists as long as the
 * descriptor. Probes count separately on each CPU, with preemption disabled.
 * read() adds up the counts of all CPUs.
 */
#include "common.h"
#include "clock.h"
#include "mmapdemo.h"
#include "probe/probes.h"
#include "trace/process_tree.h"
#include "trace/selftest.h"
#include "trace/stats.h"
#include "trace/wait.h"

#include <linux/anon_inodes.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

static_assert(sizeof(struct mmapdemo_latency) ==
	      (3 + MMAPDEMO_LATENCY_BUCKETS) * 8);
static_assert(sizeof(struct mmapdemo_faults) ==
	      48 + MMAPDEMO_CLASSES_MAX * (sizeof(struct mmapdemo_latency) +
					   sizeof(struct mmapdemo_parts)) +
	      8 + MMAPDEMO_HUGE_REASONS_MAX * 8);
static_assert(MMAPDEMO_FAULT_CLASS_COUNT <= MMAPDEMO_CLASSES_MAX);
static_assert(MMAPDEMO_HUGE_REASON_COUNT <= MMAPDEMO_HUGE_REASONS_MAX);

/*
 * The counters of one class of faults on one CPU. The number of faults is the
 * sum of the buckets. There is a bucket for each result of fls64(), so that
 * counting needs no comparison. read() combines the last buckets into one
 * bucket.
 */
struct cell {
	seqcount_t seq;		/* odd while the CPU writes to the cell */
	u64 total;
	u64 max;
	u64 buckets[64 + 1];	/* indexed by fls64() of the duration */
	struct mmapdemo_parts parts;	/* without MMAPDEMO_PART_WORK, which is the rest */
	u64 lost;		/* number of slow faults whose parts are not known */
};
static_assert(MMAPDEMO_LATENCY_BUCKETS <= 64);

struct cells {
	struct cell class[MMAPDEMO_FAULT_CLASS_COUNT];
	u64 huge[MMAPDEMO_HUGE_REASON_COUNT];	/* written by the CPU only */
};

static DEFINE_MUTEX(counters_lock);	/* protects the list of counters */
HLIST_HEAD(mmapdemo_counters);
static u32 counters_open;		/* bits of all open counters */
u32 mmapdemo_counters_generation;	/* written with counters_lock held */
u32 mmapdemo_counters_judging;		/* written with counters_lock held */

static void cell_add(struct cell *cell, u64 duration)
{
	raw_write_seqcount_begin(&cell->seq);
	cell->total += duration;
	if (duration > cell->max)
		cell->max = duration;
	cell->buckets[fls64(duration)]++;
	raw_write_seqcount_end(&cell->seq);
}

/**
 * mmapdemo_stats_fault - count a fault of the current process
 * @wanted: set of counters: result of mmapdemo_stats_wanted() when the fault
 *	began
 * @generation: result of mmapdemo_stats_generation() just before the fault
 *	began
 * @class: enum mmapdemo_fault_class
 * @duration: duration in ns; 0: not known
 *
 * A probe calls this function. A counter ignores faults that began before the
 * counter was started, even if the counter has the same bit as another counter
 * that was closed during the fault.
 */
void mmapdemo_stats_fault(u32 wanted, u32 generation, u32 class, u64 duration)
{
	const struct counter *counter;
	struct cell *cell;

	for_each_counter(counter) {
		if (!(wanted & counter->bit) ||
		    (s32)(generation - counter->since) < 0)
			continue;
		cell = &this_cpu_ptr(counter->cells)->class[class];
		/*
		 * There is usually only one counter, so keep the compiler from
		 * moving computations out of the loop.
		 */
		OPTIMIZER_HIDE_VAR(cell);
		cell_add(cell, duration);
	}
}

static void cell_add_time(struct cell *cell, const struct time_record *time)
{
	u32 i;

	raw_write_seqcount_begin(&cell->seq);
	cell->lost += time->part[MMAPDEMO_PART_WORK] == PART_NOT_KNOWN;
	if (time->lock_before != PART_NOT_KNOWN)
		cell->parts.lock_before += time->lock_before;
	for (i = MMAPDEMO_PART_WORK + 1; i < MMAPDEMO_PARTS; i++)
		if (time->part[i] != PART_NOT_KNOWN)
			cell->parts.part[i] += time->part[i];
	raw_write_seqcount_end(&cell->seq);
}

/**
 * mmapdemo_stats_time - count where the time of a slow fault went
 * @wanted: as for mmapdemo_stats_fault(), which the caller has called
 * @generation: as for mmapdemo_stats_fault()
 * @class: enum mmapdemo_fault_class
 * @time: the parts of the fault
 */
void mmapdemo_stats_time(u32 wanted, u32 generation, u32 class,
			 const struct time_record *time)
{
	const struct counter *counter;

	for_each_counter(counter)
		if (wanted & counter->bit && counter->parts &&
		    (s32)(generation - counter->since) >= 0)
			cell_add_time(&this_cpu_ptr(counter->cells)->class[class],
				      time);
}

/**
 * mmapdemo_stats_huge - count why a first touch mapped a huge page or not
 * @wanted: as for mmapdemo_stats_fault()
 * @generation: as for mmapdemo_stats_fault()
 * @reason: enum mmapdemo_huge_reason
 */
void mmapdemo_stats_huge(u32 wanted, u32 generation, u32 reason)
{
	const struct counter *counter;

	for_each_counter(counter)
		if (wanted & counter->bit && counter->huge &&
		    (s32)(generation - counter->since) >= 0)
			this_cpu_inc(counter->cells->huge[reason]);
}

/* ---- reading ---- */

/* Read a consistent copy of a cell. */
static void cell_read(const struct cell *cell, struct cell *out)
{
	unsigned int seq;

	do {
		seq = raw_read_seqcount_begin(&cell->seq);
		*out = *cell;
	} while (read_seqcount_retry(&cell->seq, seq));
}

static void latency_add(struct mmapdemo_latency *latency,
			const struct cell *cell)
{
	int i;

	latency->total += cell->total;
	latency->max = max(latency->max, cell->max);
	for (i = 0; i < ARRAY_SIZE(cell->buckets); i++) {
		latency->buckets[min(i, MMAPDEMO_LATENCY_BUCKETS - 1)] +=
			cell->buckets[i];
		latency->count += cell->buckets[i];
	}
}

static void parts_add(struct mmapdemo_parts *parts, const struct cell *cell)
{
	u32 i;

	parts->lock_before += cell->parts.lock_before;
	for (i = 0; i < MMAPDEMO_PARTS; i++)
		parts->part[i] += cell->parts.part[i];
}

/* Set MMAPDEMO_PART_WORK to the rest of the total. */
static void parts_finish(struct mmapdemo_parts *parts, u64 total)
{
	u32 i;

	for (i = MMAPDEMO_PART_WORK + 1; i < MMAPDEMO_PARTS; i++)
		total -= min(parts->part[i], total);
	parts->part[MMAPDEMO_PART_WORK] = total;
}

static void huge_add(u64 *huge, const u64 *counts)
{
	u32 i;

	for (i = 0; i < MMAPDEMO_HUGE_REASON_COUNT; i++)
		huge[i] += READ_ONCE(counts[i]);
}

/* Return the number of calls of the probed function that were not observed. */
static u64 faults_missed(void)
{
	unsigned int i;
	u64 missed = 0;

	for (i = 0; i < mmapdemo_probes_count(); i++) {
		struct mmapdemo_probe probe = { };

		mmapdemo_probes_read(i, &probe);
		if (probe.events & BIT(MMAPDEMO_EVENT_PTE_FAULT))
			missed += probe.missed;
	}
	return missed;
}

static void counter_print(const struct counter *counter,
			  struct mmapdemo_faults *out)
{
	struct cell cell;
	int cpu, class;

	out->size = sizeof(*out);
	out->elapsed = mmapdemo_clock_since(counter->start);
	out->missed = faults_missed() - counter->missed;
	out->classes = MMAPDEMO_FAULT_CLASS_COUNT;
	out->buckets = MMAPDEMO_LATENCY_BUCKETS;
	out->reasons = counter->huge ? MMAPDEMO_HUGE_REASON_COUNT : 0;
	for_each_possible_cpu(cpu) {
		const struct cells *cells = per_cpu_ptr(counter->cells, cpu);

		huge_add(out->huge, cells->huge);
		for (class = 0; class < MMAPDEMO_FAULT_CLASS_COUNT; class++) {
			cell_read(&cells->class[class], &cell);
			latency_add(&out->class[class], &cell);
			parts_add(&out->parts[class], &cell);
			out->lost += cell.lost;
		}
	}
	if (!counter->parts)
		return;
	out->known = mmapdemo_wait_known();
	for (class = 0; class < MMAPDEMO_FAULT_CLASS_COUNT; class++)
		parts_finish(&out->parts[class], out->class[class].total);
}

static ssize_t mmapdemo_stats_read(struct file *file, char __user *user,
				   size_t size, loff_t *pos)
{
	struct mmapdemo_faults *faults;
	ssize_t ret;

	if (size < sizeof(faults->size))
		return -EINVAL;
	faults = kvzalloc(sizeof(*faults), GFP_KERNEL_ACCOUNT);
	if (!faults)
		return -ENOMEM;
	counter_print(file->private_data, faults);
	ret = min(size, sizeof(*faults));
	if (copy_to_user(user, faults, ret))
		ret = -EFAULT;
	kvfree(faults);
	return ret;
}

/*
 * Show "all", or the PID of the root of the tree in the PID namespace of this
 * /proc.
 */
static void mmapdemo_stats_show_fdinfo(struct seq_file *seq, struct file *file)
{
	const struct counter *counter = file->private_data;

	if (counter->all)
		seq_puts(seq, "mmapdemo-count:\tall\n");
	else
		seq_printf(seq, "mmapdemo-count:\t%d\n",
			   pid_nr_ns(counter->tree.root,
				     proc_pid_ns(file_inode(seq->file)->i_sb)));
}

/* ---- beginning and end ---- */

/* Attach the probes, before the counter is added to the list. */
static int counter_arm(const struct counter *counter)
{
	u32 events = BIT(MMAPDEMO_EVENT_PTE_FAULT);
	int ret;

	if (counter->parts)
		events |= BIT(MMAPDEMO_EVENT_FAULT_TIME);
	ret = mmapdemo_probes_arm(events, MMAPDEMO_USER_STATS);
	if (ret || !counter->parts)
		return ret;
	ret = mmapdemo_wait_get();
	if (ret && !counters_open)
		mmapdemo_probes_disarm(MMAPDEMO_USER_STATS);
	return ret;
}

/*
 * Attach the probes, and add the counter to the list. A counter in the list
 * counts faults.
 */
static int counter_start(struct counter *counter)
{
	int ret = -EBUSY;

	if (mmapdemo_selftest_refuses(MMAPDEMO_EVENT_PTE_FAULT)) {
		mmapdemo_selftest_explain(MMAPDEMO_EVENT_PTE_FAULT);
		return -EOPNOTSUPP;
	}
	mutex_lock(&counters_lock);
	counter->bit = BIT(ffz(counters_open));
	if (counter->bit >= BIT(MMAPDEMO_COUNTERS_MAX))
		goto out_unlock;
	ret = counter_arm(counter);
	if (ret)
		goto out_unlock;
	counter->start = ktime_get_mono_fast_ns();
	counter->since = mmapdemo_counters_generation + 1;
	counter->missed = faults_missed();
	counters_open |= counter->bit;
	if (counter->huge)
		WRITE_ONCE(mmapdemo_counters_judging,
			   mmapdemo_counters_judging | counter->bit);
	hlist_add_head_rcu(&counter->node, &mmapdemo_counters);
	/*
	 * Pairs with the smp_rmb() in mmapdemo_stats_generation(): a fault of
	 * this generation sees the counter. A fault of the previous generation
	 * may also see the counter, but is not counted.
	 */
	smp_store_release(&mmapdemo_counters_generation, counter->since);
out_unlock:
	mutex_unlock(&counters_lock);
	return ret;
}

static void counter_stop(struct counter *counter)
{
	mutex_lock(&counters_lock);
	hlist_del_rcu(&counter->node);
	counters_open &= ~counter->bit;
	WRITE_ONCE(mmapdemo_counters_judging, mmapdemo_counters_judging & ~counter->bit);
	if (!counters_open)
		mmapdemo_probes_disarm(MMAPDEMO_USER_STATS);
	if (counter->parts)
		mmapdemo_wait_put();
	mutex_unlock(&counters_lock);
	/* Wait for probes on other CPUs that are still counting. */
	synchronize_rcu();
}

static struct counter *counter_create(u32 pid, u32 flags)
{
	const bool all = flags & MMAPDEMO_COUNT_ALL;
	struct counter *counter = kzalloc(sizeof(*counter), GFP_KERNEL_ACCOUNT);
	int ret = -ENOMEM;

	if (!counter)
		return ERR_PTR(-ENOMEM);
	counter->all = all;
	counter->parts = flags & MMAPDEMO_COUNT_PARTS;
	counter->huge = flags & MMAPDEMO_COUNT_HUGE;
	counter->cells = alloc_percpu_gfp(struct cells, GFP_KERNEL_ACCOUNT);
	if (!counter->cells)
		goto err_free;
	ret = all ? 0 : mmapdemo_tree_init(&counter->tree, pid);
	if (ret)
		goto err_free_cells;
	return counter;

err_free_cells:
	free_percpu(counter->cells);
err_free:
	kfree(counter);
	return ERR_PTR(ret);
}

static void counter_destroy(struct counter *counter)
{
	if (!counter->all)
		mmapdemo_tree_exit(&counter->tree);
	free_percpu(counter->cells);
	kfree(counter);
}

static int mmapdemo_stats_release(struct inode *inode, struct file *file)
{
	counter_stop(file->private_data);
	counter_destroy(file->private_data);
	return 0;
}

static const struct file_operations mmapdemo_stats_fops = {
	.owner		= THIS_MODULE,
	.read		= mmapdemo_stats_read,
	.release	= mmapdemo_stats_release,
	.llseek		= noop_llseek,
	.show_fdinfo	= mmapdemo_stats_show_fdinfo,
};

/**
 * mmapdemo_stats_open - create a counter of faults, and return its file
 *	descriptor
 * @pid: root of the tree of processes whose faults are counted; 0: the caller
 * @flags: MMAPDEMO_COUNT_*. The caller has checked that all are known
 *
 * Return: a file descriptor, or a negative errno: -EBUSY if
 * MMAPDEMO_COUNTERS_MAX counters are open, an error of mmapdemo_tree_init(),
 * mmapdemo_probes_arm() or mmapdemo_wait_get(), -ENOMEM, -EMFILE.
 */
int mmapdemo_stats_open(u32 pid, u32 flags)
{
	struct counter *counter = counter_create(pid, flags);
	int ret;

	if (IS_ERR(counter))
		return PTR_ERR(counter);
	ret = counter_start(counter);
	if (ret)
		goto err_destroy;
	ret = anon_inode_getfd("[mmapdemo-faults]", &mmapdemo_stats_fops,
			       counter, O_RDONLY | O_CLOEXEC);
	if (ret < 0)
		goto err_stop;
	return ret;

err_stop:
	counter_stop(counter);
err_destroy:
	counter_destroy(counter);
	return ret;
}
