/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a process got huge pages during a recording, and why not elsewhere. Only first
 * touches of anonymous memory are known.
 */
#ifndef _HUGE_RECORDED_H
#define _HUGE_RECORDED_H

#include "base/line.h"
#include "inspect/huge_space.h"
#include "record/replay.h"
#include "report/first_touch.h"

/**
 * struct huge_recorded - what is asked, and the result
 * @pid: the process
 * @address: print the first touches of the block at this address
 * @addressed: there is an @address
 * @json: write JSON
 * @verbose: print every VMA
 * @style: style of text
 * @replay: the recording
 * @touch: the first touches of the process
 * @known: the process is in the recording
 * @failed: calls of the process with MAP_HUGETLB that failed
 * @space: number of the process's latest address space
 * @ranges: bytes by VMA and reason: the key is the start of the VMA, and enum
 *	huge_reason; ns is the number of bytes, live is the end of the VMA, and until
 *	has the flags of the VMA
 * @count: number of first touches of the block
 * @output: -errno of the failed output; 0: the output has not failed
 */
struct huge_recorded {
	int pid;
	__u64 address;
	bool addressed;
	bool json;
	bool verbose;
	const struct style *style;
	struct replay *replay;
	struct first_touch touch;
	bool known;
	struct hugetlb_calls failed;
	__u32 space;
	struct table ranges;
	unsigned long count;
	int output;
};

/*
 * Write the answer to standard output. Return 0, -ESRCH if the process is not in the
 * recording, the error of the output if @output is set, or the error of replay_read().
 */
int huge_recorded(struct huge_recorded *asked, const char *path);

#endif /* _HUGE_RECORDED_H */
