/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults as the kernel itself adds them up for perf, for where there is no
 * module: minor and major ones, without classes and times. All functions return
 * 0 or -errno.
 */
#ifndef _PERF_COUNTS_H
#define _PERF_COUNTS_H

#include "base/line.h"
#include "base/pids.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct perf_counts - counting
 * @fds: minor, major, minor ...
 * @count: of @fds
 * @begin: since when
 * @users: only what the program touched, not what the kernel did for it: the
 *	caller may not count that
 */
struct perf_counts {
	int *fds;
	size_t count;
	__u64 begin;
	bool users;
};

/** struct counted - @minor faults read nothing from a disk; @elapsed: ns */
struct counted {
	__u64 minor;
	__u64 major;
	__u64 elapsed;
};

/*
 * From now on those of these processes and of what they fork; none: of everybody.
 * -EACCES: the caller may not.
 */
int perf_counts_open(struct perf_counts *counters, const struct pids *pids);
void perf_counts_close(struct perf_counts *counters);

int perf_counts_read(const struct perf_counts *counters,
		     struct counted *counted);

/* What came between two readings. */
struct counted counted_between(const struct counted *before,
			       const struct counted *after);

/* Two lines, and their sum. */
int counted_table(FILE *out, const struct style *style,
		  const struct counted *counted);

/* An object, for @event. */
int counted_json(FILE *out, const char *event, const struct counted *counted);

#endif /* _PERF_COUNTS_H */
