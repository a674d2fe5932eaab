/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of faults by class and duration. Counting a fault does not require
 * an event.
 */
#ifndef _MMAPDEMO_STATS_H
#define _MMAPDEMO_STATS_H

#include "trace/process_tree.h"
#include "trace/records.h"

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/types.h>

struct cells;

/**
 * struct counter - a counter of faults
 * @node: entry in the list mmapdemo_counters
 * @all: true if the counter counts the faults of every process
 * @tree: the processes whose faults are counted, unless @all is true
 * @parts: true if the counter also counts the time of faults by part
 * @huge: true if the counter also counts first touches by the reason against a huge page
 * @bit: the bit that stands for the counter in a set of counters
 * @since: first generation of faults that the counter counts
 * @cells: the counted faults, for each CPU and class
 * @start: time when counting started, in ns of CLOCK_MONOTONIC
 * @missed: number of calls that were missed before @start
 */
struct counter {
	struct hlist_node node;
	bool all;
	bool parts;
	bool huge;
	struct tree tree;
	u32 bit;
	u32 since;
	struct cells __percpu *cells;
	u64 start;
	u64 missed;
};

/* Probes read this list with preemption disabled, which is an RCU read-side section. */
extern struct hlist_head mmapdemo_counters;
extern u32 mmapdemo_counters_generation;
extern u32 mmapdemo_counters_judging;

#define for_each_counter(counter)					\
	hlist_for_each_entry_rcu(counter, &mmapdemo_counters, node,	\
				 !preemptible())

/**
 * mmapdemo_stats_generation - return the generation of the last counter that started
 *
 * When a fault begins, a probe calls this function before
 * mmapdemo_stats_wanted().
 *
 * Return: @since of the last counter that started.
 */
static inline u32 mmapdemo_stats_generation(void)
{
	u32 generation = READ_ONCE(mmapdemo_counters_generation);

	/* Pairs with the smp_store_release() in counter_start(). */
	smp_rmb();
	return generation;
}

/**
 * mmapdemo_stats_wanted - return the counters that count faults of the current
 *	process
 *
 * A probe calls this function.
 *
 * Return: a set of counters, which the caller passes to mmapdemo_stats_fault(),
 * or 0 if no counter counts these faults.
 */
static inline u32 mmapdemo_stats_wanted(void)
{
	const struct counter *counter;
	u32 wanted = 0;

	for_each_counter(counter)
		if (counter->all || mmapdemo_tree_has_current(&counter->tree))
			wanted |= counter->bit;
	return wanted;
}

/**
 * mmapdemo_stats_judges - return true if a counter counts first touches by reason
 * @wanted: result of mmapdemo_stats_wanted()
 */
static inline bool mmapdemo_stats_judges(u32 wanted)
{
	return wanted & READ_ONCE(mmapdemo_counters_judging);
}

void mmapdemo_stats_fault(u32 wanted, u32 generation, u32 class, u64 duration);
void mmapdemo_stats_time(u32 wanted, u32 generation, u32 class,
			 const struct time_record *time);
void mmapdemo_stats_huge(u32 wanted, u32 generation, u32 reason);
int mmapdemo_stats_open(u32 pid, u32 flags);

#endif /* _MMAPDEMO_STATS_H */
