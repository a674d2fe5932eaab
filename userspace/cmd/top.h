/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of mmapdemo top. */
#ifndef _CMD_TOP_H
#define _CMD_TOP_H

#include "base/line.h"
#include "inspect/load.h"

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct top_options - those
 * @interval_ms: between two looks
 * @iterations: intervals until the end, 0: there is none
 * @pid: whose VMAs, 0: processes
 * @batch: text, or @json, instead of drawing
 * @buffer: bytes for each processor
 */
struct top_options {
	int interval_ms;
	int iterations;
	int pid;
	bool batch;
	bool json;
	enum when colour;
	__u64 buffer;
	enum fault_load_order order;
};

/* -1: go on; else the exit status. Prints help and errors. */
int top_parse(int argc, char **argv, struct top_options *opts);

#endif /* _CMD_TOP_H */
