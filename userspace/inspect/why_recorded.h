/* SPDX-License-Identifier: GPL-2.0-only */
/* The failed merges of a process that has ended, from a recording. */
#ifndef _WHY_RECORDED_H
#define _WHY_RECORDED_H

#include "base/line.h"
#include "record/replay.h"

#include <stdbool.h>

/**
 * struct why_recorded - which failed merges to write, and the result
 * @pid: the process
 * @low: lowest address. A merge is written only if its range, or a neighbour of
 *	its range, contains an address from @low to @high
 * @high: highest address
 * @json: write one JSON object per line
 * @style: style of text
 * @replay: the recording
 * @known: the process is in the recording
 * @space: number of the process's latest address space
 * @count: number of merges that were written
 * @output: -errno of the failed output; 0: the output has not failed
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
 * Write the failed merges to standard output. Return 0, -ESRCH if the process
 * is not in the recording, the error of the output if @output is set, or the
 * error of replay_read().
 */
int why_recorded(struct why_recorded *wanted, const char *path);

#endif /* _WHY_RECORDED_H */
