/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of an instance, ordered by time. Each processor has a separate
 * ring buffer. Functions that return int return 0 or -errno.
 */
#ifndef _STREAM_H
#define _STREAM_H

#include "event/decode.h"

struct tracefs_instance;

/**
 * struct stream - events from the ring buffers
 * @decoder: decoder of the events
 * @page: contents of the sub-buffer that was read last
 * @page_size: size of a sub-buffer, in bytes
 * @pages_most: maximum number of sub-buffers of one processor to read at once;
 *	0: no limit
 * @fds: descriptor of the raw trace pipe of each processor; -1: the processor
 *	has no trace pipe
 * @cpus: number of entries in @fds
 * @queue: events in chronological order from @head on. Events before @head were
 *	already returned
 * @head: index of the next event to return
 * @count: number of events in @queue, including the events before @head
 * @room: capacity of @queue
 * @read: number of events that were read so far
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

/* Add an event from another source. The next stream_drain() sorts all events. */
int stream_add(struct stream *stream, const struct event *event);

/* Read the available events, and sort all events by time. */
int stream_drain(struct stream *stream);

/*
 * Pass the available pages to @visit unchanged, until @visit fails. Call this
 * function instead of stream_drain(). The events in the pages do not become
 * part of the stream.
 */
int stream_pages(struct stream *stream,
		 int (*visit)(int cpu, const void *page, size_t size,
			      void *data), void *data);

/*
 * Return the next event that is not later than @horizon, or NULL. The event is
 * valid until the next call of stream_drain().
 *
 * A record becomes readable after a delay, which is expected to be shorter than
 * the time between two calls of stream_drain(). So after a call of stream_drain(), all
 * events that occurred before the previous call began have been read. Pass the time at
 * which that call began as @horizon.
 */
const struct event *stream_next(struct stream *stream, __u64 horizon);

#endif /* _STREAM_H */
