/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of minor and major page faults, as the kernel counts them for perf.
 * mmapdemo count uses perf's counters if the module is not loaded, or if the
 * caller has no permission to open the device. perf's counters show neither
 * classes nor durations. Functions that return int return 0 or -errno.
 */
#ifndef _PERF_COUNTS_H
#define _PERF_COUNTS_H

#include "base/line.h"
#include "base/pids.h"
#include "system/workload.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct perf_counts - running counters
 * @fds: file descriptors of counters of minor faults (even indices) and of
 *	major faults (odd indices)
 * @count: number of @fds
 * @begin: time when counting began, in ns
 * @users: only faults in user mode are counted, because the caller may not
 *	count faults in kernel mode
 */
struct perf_counts {
	int *fds;
	size_t count;
	__u64 begin;
	bool users;
};

/**
 * struct counted - numbers of faults
 * @minor: number of minor faults
 * @major: number of major faults
 * @elapsed: time since counting began, in ns
 */
struct counted {
	__u64 minor;
	__u64 major;
	__u64 elapsed;
};

/*
 * Count the faults of @pids and their descendants, or of all processes if @pids
 * is empty. Return 0 or -errno. -EACCES means that the caller has no permission
 * to count these faults.
 */
int perf_counts_open(struct perf_counts *counters, const struct pids *pids);
void perf_counts_close(struct perf_counts *counters);

int perf_counts_read(const struct perf_counts *counters,
		     struct counted *counted);

/* Return the numbers of faults between two readings of the counters. */
struct counted counted_between(const struct counted *before,
			       const struct counted *after);

/* Print the numbers of minor and major faults, and their sum. */
int counted_table(FILE *out, const struct style *style,
		  const struct counted *counted);

/*
 * Write a JSON object. @event is the value of the member "event". @command is a
 * command that has ended, or NULL if there is none.
 */
int counted_json(FILE *out, const char *event, const struct counted *counted,
		 const struct workload *command);

#endif /* _PERF_COUNTS_H */
