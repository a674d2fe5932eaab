/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults counted by class and duration, for who has no need of each event. */
#ifndef _MMAPDEMO_STATS_H
#define _MMAPDEMO_STATS_H

#include "trace/process_tree.h"

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/types.h>

struct cells;

/**
 * struct counter - who counts
 * @node: in mmapdemo_counters
 * @all: every process
 * @tree: or those of a tree
 * @bit: of a set of counters
 * @since: the first generation of faults it counts
 * @cells: what it counted
 * @start: when it started, in ns of CLOCK_MONOTONIC
 * @missed: calls that nobody saw before that
 */
struct counter {
	struct hlist_node node;
	bool all;
	struct tree tree;
	u32 bit;
	u32 since;
	struct cells __percpu *cells;
	u64 start;
	u64 missed;
};

/* Read under RCU, in probes: where preemption is disabled. */
extern struct hlist_head mmapdemo_counters;
extern u32 mmapdemo_counters_generation;

#define for_each_counter(counter)					\
	hlist_for_each_entry_rcu(counter, &mmapdemo_counters, node,	\
				 !preemptible())

/**
 * mmapdemo_stats_generation - which counters have started?
 *
 * Asked for before mmapdemo_stats_wanted() is, when a fault begins.
 *
 * Return: the @since of the last one.
 */
static inline u32 mmapdemo_stats_generation(void)
{
	u32 generation = READ_ONCE(mmapdemo_counters_generation);

	/* Pairs with counter_start(). */
	smp_rmb();
	return generation;
}

/**
 * mmapdemo_stats_wanted - who counts the faults of this process?
 *
 * From inside a probe.
 *
 * Return: a set of counters, for mmapdemo_stats_fault(); 0: nobody.
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

void mmapdemo_stats_fault(u32 wanted, u32 generation, u32 class, u64 duration);
int mmapdemo_stats_open(u32 pid, bool all);

#endif /* _MMAPDEMO_STATS_H */
