// SPDX-License-Identifier: GPL-2.0-only
#include "record/stream.h"
#include "event/batch.h"
#include "event/subbuffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tracefs.h>

static int open_cpus(struct stream *stream, struct tracefs_instance *tracefs)
{
	char path[48];

	stream->cpus = sysconf(_SC_NPROCESSORS_CONF);
	stream->fds = malloc(stream->cpus * sizeof(*stream->fds));
	if (!stream->fds)
		return -ENOMEM;
	memset(stream->fds, -1, stream->cpus * sizeof(*stream->fds));
	for (int cpu = 0; cpu < stream->cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%d/trace_pipe_raw",
			 cpu);
		stream->fds[cpu] = tracefs_instance_file_open(tracefs, path,
						O_RDONLY | O_NONBLOCK |
						O_CLOEXEC);
		/* If the processor is absent, its file may be missing. */
		if (stream->fds[cpu] < 0 && errno != ENOENT &&
		    errno != ENODEV && errno != ENXIO)
			return -errno;
	}
	return 0;
}

/* Return the number of pages in the buffer of one processor, or 0 if unknown. */
static size_t buffer_pages(const struct stream *stream,
			   struct tracefs_instance *tracefs)
{
	long long kib = 0;

	if (tracefs_instance_file_read_number(tracefs, "buffer_size_kb", &kib))
		return 0;
	return (kib << 10) / stream->page_size + 1;
}

int stream_open(struct stream *stream, const struct decoder *decoder,
		struct tracefs_instance *tracefs)
{
	int err;

	*stream = (struct stream){ .decoder = decoder };
	stream->page_size = tep_get_sub_buffer_size(decoder->tep);
	stream->pages_most = buffer_pages(stream, tracefs);
	stream->page = malloc(stream->page_size);
	err = stream->page ? open_cpus(stream, tracefs) : -ENOMEM;
	if (err)
		stream_close(stream);
	return err;
}

void stream_close(struct stream *stream)
{
	for (int cpu = 0; stream->fds && cpu < stream->cpus; cpu++) {
		if (stream->fds[cpu] >= 0)
			close(stream->fds[cpu]);
	}
	free(stream->fds);
	free(stream->page);
	free(stream->queue);
	*stream = (struct stream){ 0 };
}

static struct event *new_event(struct stream *stream)
{
	if (stream->count == stream->room) {
		size_t room = stream->room ? stream->room * 2 : 1024;
		struct event *queue = reallocarray(stream->queue, room,
						   sizeof(*queue));

		if (!queue)
			return NULL;
		stream->queue = queue;
		stream->room = room;
	}
	return &stream->queue[stream->count];
}

/* Add the faults of a pte_faults event. */
static int take_batch(struct stream *stream, const struct event *whole,
		      const struct tep_record *record)
{
	struct batch batch;
	struct event *event;
	int err = batch_open(&batch, whole, record);

	while (!err && batch.left) {
		event = new_event(stream);
		if (!event)
			return -ENOMEM;
		batch_next(&batch, event);
		event->order = stream->read++;
		stream->count++;
	}
	return err;
}

static int take_record(struct stream *stream, struct tep_record *record)
{
	struct event *event = new_event(stream);
	int ret;

	if (!event)
		return -ENOMEM;
	ret = decode(stream->decoder, record, event);
	if (ret <= 0)
		return ret;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULTS) {
		const struct event whole = *event;

		return take_batch(stream, &whole, record);
	}
	event->order = stream->read++;
	stream->count++;
	return 0;
}

int stream_add(struct stream *stream, const struct event *event)
{
	struct event *place = new_event(stream);

	if (!place)
		return -ENOMEM;
	*place = *event;
	place->order = stream->read++;
	stream->count++;
	return 0;
}

static int take_page(int cpu, const void *bytes, size_t size, void *data)
{
	struct tep_record record = { .cpu = cpu };
	struct page_record next;
	struct page page;
	int ret = page_open(&page, bytes, size);

	while (!ret && (ret = page_next(&page, &next)) > 0) {
		record.data = next.data;
		record.size = next.size;
		record.ts = next.time;
		ret = take_record(data, &record);
	}
	return ret;
}

static int drain_cpu(struct stream *stream, int cpu,
		     int (*visit)(int cpu, const void *page, size_t size,
				  void *data), void *data)
{
	size_t pages = 0;
	ssize_t n;
	int err = 0;

	/*
	 * Limit the number of pages to read at once. A busy buffer might never
	 * become empty, and meanwhile, the buffers of other processors could
	 * overflow.
	 */
	while (!err && (!stream->pages_most || pages++ <= stream->pages_most)) {
		n = read(stream->fds[cpu], stream->page, stream->page_size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!n)
			return 0;
		err = visit(cpu, stream->page, n, data);
	}
	return err;
}

int stream_pages(struct stream *stream,
		 int (*visit)(int cpu, const void *page, size_t size,
			      void *data), void *data)
{
	int err = 0;

	for (int cpu = 0; !err && cpu < stream->cpus; cpu++) {
		if (stream->fds[cpu] >= 0)
			err = drain_cpu(stream, cpu, visit, data);
	}
	return err;
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

int stream_drain(struct stream *stream)
{
	int err;

	if (stream->head) {
		memmove(stream->queue, stream->queue + stream->head,
			(stream->count - stream->head) *
			sizeof(*stream->queue));
		stream->count -= stream->head;
		stream->head = 0;
	}
	err = stream_pages(stream, take_page, stream);
	if (stream->count)
		qsort(stream->queue, stream->count, sizeof(*stream->queue),
		      by_time);
	return err;
}

const struct event *stream_next(struct stream *stream, __u64 horizon)
{
	if (stream->head == stream->count ||
	    stream->queue[stream->head].time > horizon)
		return NULL;
	return &stream->queue[stream->head++];
}
