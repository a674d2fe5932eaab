/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Format of a recording. A recording is a trace.dat file of version 6, which
 * trace-cmd(1) and KernelShark can open, followed by data that only this
 * program reads.
 *
 *	header		magic, formats of the events, names of tasks, options
 *	where		offset and size of the pages of each processor
 *	clock		the clock is CLOCK_MONOTONIC
 *	pages		of the ring buffer, at a multiple of their size
 *	sums		sum_of() of each page
 *	about		one JSON object, see meta_write.h
 *	end		struct trace_dat_end
 *
 * trace-cmd.dat.v6(5) describes all parts except the last three.
 */
#ifndef _TRACE_DAT_H
#define _TRACE_DAT_H

#include "record/spool.h"

#include <linux/types.h>
#include <stdbool.h>

#define TRACE_DAT_MAGIC		"\x17\x08\x44tracing6"	/* with its terminating NUL */
#define TRACE_DAT_PAGE		"header_page"
#define TRACE_DAT_EVENT		"header_event"
#define TRACE_DAT_OPTIONS	"options  "
#define TRACE_DAT_WHERE		"flyrecord"
#define TRACE_DAT_CLOCK		"local global [mono]"

/* Numbers of the trace.dat options that this program uses. */
enum trace_dat_option {
	TRACE_DAT_OPTION_DONE = 0,
	TRACE_DAT_OPTION_CPUSTAT = 2,
	TRACE_DAT_OPTION_TRACECLOCK = 4,
	TRACE_DAT_OPTION_UNAME = 5,
	TRACE_DAT_OPTION_VERSION = 9,
};

/**
 * struct trace_dat_end - the last bytes of the file
 * @header_bytes: number of bytes before the first page
 * @sums_bytes: size of the checksums, which follow the last page
 * @meta_bytes: size of the JSON object, which is just before this structure
 * @checksum: sum_of() over the header, the checksums and the JSON object
 * @magic: TRACE_DAT_END
 */
struct trace_dat_end {
	__u64 header_bytes;
	__u64 sums_bytes;
	__u64 meta_bytes;
	__u64 checksum;
	char magic[8];
};

#define TRACE_DAT_END "mmapdemo"

/* Maximum sizes of the header and of the metadata of a recording, in bytes */
#define TRACE_DAT_HEADER_MAX	(64ULL << 20)
#define TRACE_DAT_META_MAX	(1ULL << 30)

/**
 * struct trace_dat_parts - the contents of a file to write
 * @page_size: size of a page of the ring buffer
 * @cpu_stats: text of the ring buffer's statistics for each processor, or NULL
 * @stacks: the events include call stacks
 * @kinds: kinds of events that may occur, one bit per kind
 * @about: metadata, as JSON
 * @spool: the pages
 */
struct trace_dat_parts {
	__u32 page_size;
	char **cpu_stats;
	bool stacks;
	__u64 kinds;
	const char *about;
	struct spool *spool;
};

/* Write the recording to @fd, which must be an empty file. Return 0 or -errno. */
int trace_dat_write(int fd, const struct trace_dat_parts *parts);

#endif /* _TRACE_DAT_H */
