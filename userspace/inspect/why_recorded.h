/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a process that is gone: which merges the kernel refused while it was recorded. */
#ifndef _WHY_RECORDED_H
#define _WHY_RECORDED_H

#include "base/line.h"
#include "record/replay.h"

#include <stdbool.h>

/**
 * struct why_recorded - what is wanted, and found
 * @pid: the process
 * @low: of ranges that this address is in, or in the neighbours of which ...
 * @high: ... or this or one between
 * @json: one object per line
 * @style: of text
 * @replay: the recording
 * @known: it is in the recording
 * @space: by the number of its address space
 * @count: merges that were written
 * @output: why they could not be, -errno; 0: they were
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
 * Writes them to standard output. 0; -ESRCH: the process is not in it; or as
 * replay_read(), where it is not @output that failed.
 */
int why_recorded(struct why_recorded *wanted, const char *path);

#endif /* _WHY_RECORDED_H */
