/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of a recording, in the order of their time. */
#ifndef _TRACE_DAT_READ_H
#define _TRACE_DAT_READ_H

#include "event/decode.h"
#include "event/subbuffer.h"

/**
 * struct lane - the events of a processor
 * @begin: where its first page is in the file
 * @at: where the next pages are
 * @end: behind the last
 * @sum: the next page's
 * @buffer: pages that were read
 * @last: behind them
 * @left: bytes of them that were not looked at
 * @page: what is left of the page before
 * @event: the next
 * @ready: there is one
 * @behind: the record behind it, which was looked at; its data are NULL if not
 */
struct lane {
	__u64 begin;
	__u64 at;
	__u64 end;
	const __u64 *sum;
	char *buffer;
	char *last;
	size_t left;
	struct page page;
	struct event event;
	bool ready;
	struct page_record behind;
};

/**
 * struct trace_dat - an open file
 * @fd: of it
 * @bytes: its size
 * @page_size: of the ring buffer
 * @tep: the formats
 * @decoder: bound to them
 * @lanes: the processors
 * @cpus: how many
 * @sums: of all pages
 * @about: what it says of itself
 * @names: of tasks: lines of "TID NAME"
 * @read: events so far
 * @last: the lane whose event was the last, NULL: there was none
 * @why: the words for an error, NULL: strerror()
 */
struct trace_dat {
	int fd;
	__u64 bytes;
	__u32 page_size;
	struct tep_handle *tep;
	struct decoder decoder;
	struct lane *lanes;
	__u32 cpus;
	__u64 *sums;
	struct json_object *about;
	char *names;
	__u64 read;
	struct lane *last;
	const char *why;
};

/* 0 or -errno. */
int trace_dat_open(struct trace_dat *recording, const char *path);
void trace_dat_close(struct trace_dat *recording);

/*
 * 1: the next event, valid until the next call; 0: there is none; or -errno.
 */
int trace_dat_next(struct trace_dat *recording, const struct event **event);

/* Bytes of the file that were read. */
__u64 trace_dat_done(const struct trace_dat *recording);

#endif /* _TRACE_DAT_READ_H */
