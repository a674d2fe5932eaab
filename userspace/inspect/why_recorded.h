/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused merges of a process that has ended, from a recording. */
#ifndef _WHY_RECORDED_H
#define _WHY_RECORDED_H

#include "base/line.h"
#include "record/replay.h"

#include <stdbool.h>

/**
 * struct why_recorded - the request and its result
 * @pid: the process
 * @low: lowest address. Only merges whose range, or one of its neighbours,
 *	contains an address from @low to @high are written
 * @high: highest address
 * @json: write one object per line
 * @style: style of text
 * @replay: the recording
 * @known: the process is in the recording
 * @space: number of the address space of the process
 * @count: number of merges that were written
 * @output: why the output failed, -errno; 0: it did not fail
 */
struct why_recorded {
	int pid;
	__u64 low;
	__u64 high;
	bool json;
	const struct style *style;
	struct replay *replay;
	bool known;
	__u32 space;
	unsigned long count;
	int output;
};

/*
 * Write the refused merges to standard output. Return 0, -ESRCH if the process
 * is not in the recording, or another error: the error of the output if @output
 * is set, otherwise that of replay_read().
 */
int why_recorded(struct why_recorded *wanted, const char *path);

#endif /* _WHY_RECORDED_H */
