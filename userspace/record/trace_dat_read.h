/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader of the events of a recording, ordered by time. */
#ifndef _TRACE_DAT_READ_H
#define _TRACE_DAT_READ_H

#include "event/batch.h"
#include "event/decode.h"
#include "event/subbuffer.h"

/**
 * struct lane - the part of a recording with the events of one processor
 * @begin: file offset of the first page
 * @at: file offset of the next pages to read
 * @end: file offset after the last page
 * @sum: checksum of the next page
 * @buffer: pages that were read from the file
 * @last: end of the data in @buffer
 * @left: bytes of @buffer that are not processed yet
 * @page: the page that is being parsed
 * @next: the next event; NULL: no event is left
 * @event: memory for @next
 * @after: the record after the last decoded event; if this record was not read yet,
 *	@after.data is NULL
 * @batch: faults that were recorded together, and are not returned yet
 * @queue: events that were recorded before @batch, or before a later batch; only used if
 *	the recording may contain batches
 * @head: index of the first event in @queue that is left
 * @count: number of events in @queue, including the events before @head
 * @room: capacity of @queue
 * @certain: number of events from @head on that precede all faults that were not read
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
	struct event *next;
	struct event event;
	struct page_record after;
	struct batch batch;
	struct event *queue;
	size_t head;
	size_t count;
	size_t room;
	size_t certain;
};

/**
 * struct trace_dat - an open recording
 * @fd: descriptor of the file
 * @bytes: size of the file
 * @page_size: size of a page of the ring buffer
 * @tep: formats of the events
 * @decoder: decoder that uses these formats
 * @lanes: one for each processor
 * @cpus: number of processors
 * @sums: checksums of all pages
 * @about: metadata of the recording
 * @names: names of tasks, as lines of the form "TID NAME"
 * @read: number of events that were read so far
 * @last: the lane of the last event; NULL: no event was read so far
 * @why: message for the last error; NULL: use strerror()
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

/* Return 0 or -errno. */
int trace_dat_open(struct trace_dat *recording, const char *path);
void trace_dat_close(struct trace_dat *recording);

/*
 * Return 1 and the next event, 0 if there is no next event, or -errno. The
 * event is valid until the next call of trace_dat_next().
 */
int trace_dat_next(struct trace_dat *recording, const struct event **event);

/* Return the total size of the pages read so far, in bytes. */
__u64 trace_dat_done(const struct trace_dat *recording);

#endif /* _TRACE_DAT_READ_H */
