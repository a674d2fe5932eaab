/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of mmapdemo top: the faults of all processes, and the faults in each VMA
 * of one watched process. Functions that return int return 0 or -errno.
 */
#ifndef _TOP_H
#define _TOP_H

#include "inspect/process_faults.h"
#include "inspect/vma_faults.h"
#include "record/recorder.h"

#include <stdbool.h>

/**
 * struct top - state of mmapdemo top
 * @observed: the faults come from events; otherwise, they come from the
 *	counters in /proc
 * @timed: the events show where the time of slow faults went
 * @parts_unknown: parts that the kernel does not show, one bit per enum fault_part;
 *	0 before the first slow fault
 * @why: reason why @observed is not set, as text; NULL: @observed is set
 * @recorder: source of the events
 * @order: order of the processes or VMAs
 * @processes: processes with their faults
 * @pid: the process whose VMAs are watched; 0: none
 * @comm: name of process @pid when watching began
 * @vmas: VMAs of process @pid
 * @loads: faults in each of @vmas; the last entry is for VMAs that no longer
 *	exist
 * @sorted: indices in @loads, in the order of display
 * @err: -errno of the failed attempt to read @vmas; 0: @vmas is valid
 * @faults: faults in process @pid, by VMA
 * @begun: time when the current interval began, in ns
 * @elapsed: length of the last interval, in ns
 * @lost: number of events since top_open() for which the buffer had no room
 * @missed: number of calls of probed functions since top_open() that were not
 *	observed
 * @deaf: the module observes no faults, because ftrace or kprobes are switched
 *	off
 */
struct top {
	bool observed;
	bool timed;
	__u32 parts_unknown;
	const char *why;
	struct recorder recorder;
	enum fault_load_order order;
	struct process_faults processes;
	int pid;
	char comm[COMM_MAX];
	struct vmas vmas;
	struct fault_loads *loads;
	size_t *sorted;
	int err;
	struct vma_faults faults;
	__u64 begun;
	__u64 elapsed;
	__u64 lost;
	__u64 missed;
	bool deaf;
};

/*
 * Start to observe faults. If events can't be recorded, use the counters in
 * /proc. The trace buffer has @buffer bytes per processor.
 */
int top_open(struct top *top, size_t buffer);
void top_close(struct top *top);

/*
 * Begin to watch the VMAs of process @pid. If @pid is 0, watch all processes,
 * but no VMAs.
 */
int top_look(struct top *top, int pid);

/*
 * Process the available events. If @all is set, also process events whose order
 * is not certain yet.
 */
int top_gather(struct top *top, bool all);

/* End the current interval, and sort the processes or VMAs for display. */
int top_turn(struct top *top);

/* Sort the processes or VMAs again after a change of @top->order. */
void top_sort(struct top *top);

/*
 * Return the watched process, or NULL if @top->processes does not contain this
 * process.
 */
const struct process *top_process(const struct top *top);

/*
 * Return the faults in the last interval: those of the watched process or, if no
 * process is watched, those of all processes.
 */
const struct fault_load *top_load(const struct top *top);

#endif /* _TOP_H */
