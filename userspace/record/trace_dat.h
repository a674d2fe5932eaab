/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of a recording: a trace.dat of version 6, which trace-cmd(1) and
 * KernelShark open, and behind it what a report needs to stand alone.
 *
 *	header		magic, formats of the events, names of tasks, options
 *	where		for each processor, its pages: offset and size
 *	clock		the times are CLOCK_MONOTONIC
 *	pages		of the ring buffer, at a multiple of their size
 *	sums		recording_sum() of each page
 *	about		one object of JSON, see struct meta_writer
 *	end		struct trace_dat_end
 *
 * All but the last three is described in trace-cmd.dat.v6(5).
 */
#ifndef _TRACE_DAT_H
#define _TRACE_DAT_H

#include "record/spool.h"

#include <linux/types.h>
#include <stdbool.h>

#define TRACE_DAT_MAGIC		"\x17\x08\x44tracing6"	/* with the 0 */
#define TRACE_DAT_PAGE		"header_page"
#define TRACE_DAT_EVENT		"header_event"
#define TRACE_DAT_OPTIONS	"options  "
#define TRACE_DAT_WHERE		"flyrecord"
#define TRACE_DAT_CLOCK		"local global [mono]"

/* Those of the options that we use: their numbers. */
enum trace_dat_option {
	TRACE_DAT_OPTION_DONE = 0,
	TRACE_DAT_OPTION_CPUSTAT = 2,
	TRACE_DAT_OPTION_TRACECLOCK = 4,
	TRACE_DAT_OPTION_UNAME = 5,
	TRACE_DAT_OPTION_VERSION = 9,
};

/**
 * struct trace_dat_end - the last bytes of the file
 * @header_bytes: up to the first page
 * @sums_bytes: behind the last page
 * @meta_bytes: before this
 * @checksum: of header, sums and about
 * @magic: RECORDING_END
 */
struct trace_dat_end {
	__u64 header_bytes;
	__u64 sums_bytes;
	__u64 meta_bytes;
	__u64 checksum;
	char magic[8];
};

#define TRACE_DAT_END "mmapdemo"

/* No more than this is written or read. */
#define TRACE_DAT_HEADER_MAX	(64ULL << 20)
#define TRACE_DAT_META_MAX	(1ULL << 30)

/**
 * struct trace_dat_parts - what is written
 * @page_size: of the ring buffer
 * @cpu_stats: what the buffer says of each processor: text, or NULL
 * @stacks: there are call stacks among the events
 * @kinds: of events that there can be, one bit each
 * @about: JSON
 * @spool: the pages
 */
struct trace_dat_parts {
	__u32 page_size;
	char **cpu_stats;
	bool stacks;
	__u32 kinds;
	const char *about;
	struct spool *spool;
};

/* Writes it to an empty file. 0 or -errno. */
int trace_dat_write(int fd, const struct trace_dat_parts *parts);

#endif /* _TRACE_DAT_H */
