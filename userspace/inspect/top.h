/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mmapdemo top watches: the faults of all processes and, while somebody
 * looks at one of them, of its VMAs. All functions return 0 or -errno.
 */
#ifndef _TOP_H
#define _TOP_H

#include "inspect/process_faults.h"
#include "inspect/vma_faults.h"
#include "record/recorder.h"

#include <stdbool.h>

/**
 * struct top - watching
 * @observed: by events; else by what /proc counts
 * @why: not observed, in words
 * @recorder: of events
 * @order: of processes, or of VMAs
 * @processes: with their faults
 * @pid: the process whose VMAs are looked at, 0: none
 * @comm: its name when that began
 * @vmas: its
 * @loads: theirs, and behind them of what is no VMA any more
 * @sorted: where those of @loads are, in the order to be shown
 * @err: why @vmas is empty, 0: it is not
 * @faults: of that process' faults
 * @begun: when the interval began
 * @elapsed: how long the last one took, ns
 * @lost: events that found no room in the buffer, since the begin
 * @missed: faults that could not be observed
 * @deaf: none is observed any longer, as ftrace was switched off
 */
struct top {
	bool observed;
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

/* Begins; without events where there are none. @buffer: of each processor. */
int top_open(struct top *top, size_t buffer);
void top_close(struct top *top);

/* From now on at the VMAs of a process; 0: at all processes. */
int top_look(struct top *top, int pid);

/* Takes in what has happened; with @all also what is too new to be in order. */
int top_gather(struct top *top, bool all);

/* The interval is over. */
int top_turn(struct top *top);

/* Puts in order what is shown: after top_turn(), or when @order has changed. */
void top_sort(struct top *top);

/* The process that is looked at; NULL: it had no fault yet, or ended. */
const struct process *top_process(const struct top *top);

/* What it had in the last interval, or what all had. */
const struct fault_load *top_load(const struct top *top);

#endif /* _TOP_H */
