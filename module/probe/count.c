// SPDX-License-Identifier: GPL-2.0-only
/* Counters for the calls of probed functions. */
#include "common.h"
#include "probe/probes.h"

#include <linux/cpumask.h>
#include <linux/percpu.h>

/** mmapdemo_probe_sum - add up a probe's counters over all CPUs */
struct probe_count mmapdemo_probe_sum(const struct probe *probe)
{
	struct probe_count sum = { };
	int cpu;

	if (!probe->count)
		return sum;
	for_each_possible_cpu(cpu) {
		const struct probe_count *count = per_cpu_ptr(probe->count, cpu);

		sum.hits += READ_ONCE(count->hits);
		sum.missed += READ_ONCE(count->missed);
		sum.inside += READ_ONCE(count->inside);
	}
	return sum;
}

/** mmapdemo_probe_inside - return how many calls will still return through the module */
long mmapdemo_probe_inside(const struct probe *probe)
{
	return mmapdemo_probe_sum(probe).inside;
}
