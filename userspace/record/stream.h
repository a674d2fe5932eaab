/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of an instance in the order of their time, although every
 * processor has a buffer of its own. All functions return 0 or -errno.
 */
#ifndef _STREAM_H
#define _STREAM_H

#include "event/decode.h"

struct tracefs_instance;

/**
 * struct stream - events on their way
 * @decoder: knows the formats
 * @page: read last
 * @page_size: of the ring buffer
 * @pages_most: of one processor that are read at once, 0: all
 * @fds: a raw trace pipe for each processor, -1: offline
 * @cpus: of @fds
 * @queue: read and not yet taken, sorted from @head on
 * @head: index of the next
 * @count: behind the last
 * @room: of @queue
 * @read: events so far
 */
struct stream {
	const struct decoder *decoder;
	void *page;
	size_t page_size;
	size_t pages_most;
	int *fds;
	int cpus;
	struct event *queue;
	size_t head;
	size_t count;
	size_t room;
	__u64 read;
};

int stream_open(struct stream *stream, const struct decoder *decoder,
		struct tracefs_instance *tracefs);
void stream_close(struct stream *stream);

/* One more, that came on another way; it need not be in order. */
int stream_add(struct stream *stream, const struct event *event);

/* Reads all there is. */
int stream_drain(struct stream *stream);

/*
 * Instead: gives all pages there are to @visit as they are, until that fails;
 * the stream has no events then.
 */
int stream_pages(struct stream *stream,
		 int (*visit)(int cpu, const void *page, size_t size,
			      void *data), void *data);

/*
 * The next event not later than @horizon, or NULL; valid until the next drain.
 * What happened before a drain began is complete after the next one: a record
 * has its time before it can be read, but not by as much as lies between two.
 */
const struct event *stream_next(struct stream *stream, __u64 horizon);

#endif /* _STREAM_H */
