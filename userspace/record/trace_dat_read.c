// SPDX-License-Identifier: GPL-2.0-only
#include "record/trace_dat_read.h"
#include "base/json.h"
#include "record/meta_write.h"
#include "record/trace_dat.h"
#include "record/trace_dat_header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json.h>

#define BATCH		(64ULL << 10)

static const char damaged[] = "the recording is damaged";

/* ---- bytes of the file ---- */

static int read_at(struct trace_dat *recording, void *to, size_t size,
		   __u64 at)
{
	ssize_t n;

	while (size) {
		n = pread(recording->fd, to, size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EPROTO;
		to = (char *)to + n;
		at += n;
		size -= n;
	}
	return 0;
}

/*
 * Load a part of the file as a string. The caller must free @text, even after
 * an error.
 */
static int load(struct trace_dat *recording, __u64 at, __u64 size, char **text)
{
	*text = malloc(size + 1);
	if (!*text)
		return -ENOMEM;
	(*text)[size] = 0;
	return read_at(recording, *text, size, at);
}

/* ---- events ---- */

/* Return the number of bytes to read at once, which is a multiple of the page size. */
static size_t batch(const struct trace_dat *recording, const struct lane *lane)
{
	const __u64 most = BATCH < recording->page_size ? recording->page_size :
			   BATCH - BATCH % recording->page_size;

	return lane->end - lane->at < most ? lane->end - lane->at : most;
}

/* Set @lane->page to the next page. Return 1, 0 if there is no next page, or -errno. */
static int turn_page(struct trace_dat *recording, struct lane *lane)
{
	const char *page;
	int err;

	if (!lane->left) {
		lane->left = batch(recording, lane);
		if (!lane->left)
			return 0;
		lane->last = lane->buffer + lane->left;
		err = read_at(recording, lane->buffer, lane->left, lane->at);
		if (err)
			return err;
		lane->at += lane->left;
	}
	page = lane->last - lane->left;
	lane->left -= recording->page_size;
	if (sum_of(0, page, recording->page_size) != *lane->sum++)
		return -EPROTO;
	err = page_open(&lane->page, page, recording->page_size);
	return err ? err : 1;
}

/* Take the next record of the lane. Return 1, 0 after the last record, or -errno. */
static int next_record(struct trace_dat *recording, struct lane *lane,
		       struct tep_record *record)
{
	struct page_record next = lane->after;
	int ret = next.data ? 1 : 0;

	lane->after.data = NULL;
	while (!ret) {
		ret = lane->page.at ? page_next(&lane->page, &next) : 0;
		if (ret)
			break;
		ret = turn_page(recording, lane);
		if (ret <= 0)
			return ret;
		ret = 0;
	}
	record->cpu = lane - recording->lanes;
	record->data = next.data;
	record->size = next.size;
	record->ts = next.time;
	return ret;
}

/*
 * Read the call stack of the event. If the stack was recorded, it is in the
 * next record.
 */
static int fill_stack(struct trace_dat *recording, struct lane *lane,
		      struct event *event)
{
	struct tep_record record;
	int ret = next_record(recording, lane, &record);

	if (ret <= 0)
		return ret;
	ret = decode_stack(&recording->decoder, &record, event);
	if (!ret)
		lane->after = (struct page_record){
			record.data, record.size, record.ts
		};
	return ret;
}

/*
 * Read the next event of a known kind from the lane. Return 1, 0 after the last event,
 * or -errno.
 */
static int read_event(struct trace_dat *recording, struct lane *lane,
		      struct event *event)
{
	struct tep_record record;
	int ret, err = 0;

	do {
		ret = next_record(recording, lane, &record);
		if (ret > 0)
			ret = decode(&recording->decoder, &record, event);
		else
			return ret;
	} while (!ret);	/* 0: the kind of the event is unknown */
	if (ret < 0)
		return ret;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULTS)
		err = batch_open(&lane->batch, event, &record);
	else if (recording->decoder.stack)
		err = fill_stack(recording, lane, event);
	return err < 0 ? err : 1;
}

/* ---- order of faults in batches, and of other events ---- */

/* A damaged recording must not fill the memory with events that wait for a batch. */
#define QUEUE_MAX (1 << 18)

/* Return a free place at the end of the queue, or NULL if there is no memory. */
static struct event *queue_place(struct lane *lane)
{
	const size_t left = lane->count - lane->head;

	/* Move at most as many events as were returned since the last time. */
	if (lane->head && lane->head >= left) {
		memmove(lane->queue, lane->queue + lane->head,
			left * sizeof(*lane->queue));
		lane->count = left;
		lane->head = 0;
	}
	if (lane->count == lane->room) {
		size_t room = lane->room ? 2 * lane->room : 64;
		struct event *queue = reallocarray(lane->queue, room,
						   sizeof(*queue));

		if (!queue)
			return NULL;
		lane->queue = queue;
		lane->room = room;
	}
	return &lane->queue[lane->count];
}

/*
 * The event at the end of the queue was just added. A batch contains only faults of the
 * task that runs on the processor, and the module writes the batch when another task
 * runs, and when the oldest fault has waited for BATCH_LATE. So if the new event is of
 * another task, all faults before the earlier events were already read.
 */
static void queue_settle(struct lane *lane)
{
	const struct event *added = &lane->queue[lane->count - 1];
	const size_t before = lane->count - 1 - lane->head;
	const struct event *first = &lane->queue[lane->head];

	if (before && (added[-1].tid != added->tid || before >= QUEUE_MAX))
		lane->certain = before;
	while (lane->certain < before &&
	       first[lane->certain].time + BATCH_LATE < added->time)
		lane->certain++;
}

/*
 * Read an event into the queue, or read a batch. Return 1, 0 after the last event, or
 * -errno.
 */
static int read_ahead(struct trace_dat *recording, struct lane *lane)
{
	struct event *event = queue_place(lane);
	int ret = event ? read_event(recording, lane, event) : -ENOMEM;

	if (ret <= 0 || event->kind == MMAPDEMO_EVENT_PTE_FAULTS) {
		lane->certain = lane->count - lane->head;
		return ret;
	}
	lane->count++;
	queue_settle(lane);
	return 1;
}

/* Set the next event of a lane that may contain batches. Return 0 or -errno. */
static int fill_ordered(struct trace_dat *recording, struct lane *lane)
{
	struct event *first;
	int ret = 1;

	while (ret > 0 && !lane->certain && !lane->batch.left)
		ret = read_ahead(recording, lane);
	if (ret < 0)
		return ret;
	first = lane->certain ? &lane->queue[lane->head] : NULL;
	if (lane->batch.left && (!first || batch_time(&lane->batch) < first->time)) {
		batch_next(&lane->batch, &lane->event);
		lane->next = &lane->event;
	} else if (first) {
		lane->head++;
		lane->certain--;
		lane->next = first;
	}
	return 0;
}

/* Set the next event of the lane. */
static int fill(struct trace_dat *recording, struct lane *lane)
{
	int ret;

	lane->next = NULL;
	if (decoder_knows(&recording->decoder, MMAPDEMO_EVENT_PTE_FAULTS)) {
		ret = fill_ordered(recording, lane);
	} else {
		ret = read_event(recording, lane, &lane->event);
		lane->next = ret > 0 ? &lane->event : NULL;
	}
	if (ret == -EPROTO)
		recording->why = damaged;
	return ret < 0 ? ret : 0;
}

static struct lane *earliest(const struct trace_dat *recording)
{
	struct lane *first = NULL;

	for (__u32 cpu = 0; cpu < recording->cpus; cpu++) {
		struct lane *lane = &recording->lanes[cpu];

		if (lane->next && (!first || lane->next->time < first->next->time))
			first = lane;
	}
	return first;
}

int trace_dat_next(struct trace_dat *recording, const struct event **event)
{
	int err = recording->last ? fill(recording, recording->last) : 0;
	struct lane *lane;

	recording->last = NULL;
	if (err)
		return err;
	lane = earliest(recording);
	if (!lane)
		return 0;
	lane->next->order = recording->read++;
	recording->last = lane;
	*event = lane->next;
	return 1;
}

__u64 trace_dat_done(const struct trace_dat *recording)
{
	__u64 bytes = 0;

	for (__u32 cpu = 0; cpu < recording->cpus; cpu++)
		bytes += recording->lanes[cpu].at - recording->lanes[cpu].begin;
	return bytes;
}

/* ---- opening ---- */

static int wrong(struct trace_dat *recording, const char *why)
{
	recording->why = why;
	return -EPROTO;
}

/*
 * The start of the file shows the type of the file. The end of the file shows
 * that the file is complete.
 */
static int check_ends(struct trace_dat *recording, struct trace_dat_end *end)
{
	static const char magic[] = TRACE_DAT_MAGIC;
	const __u16 one = 1;
	char begin[sizeof(magic) + 2];

	if (!recording->bytes)
		return wrong(recording, "the file is empty");
	if (recording->bytes < sizeof(begin) + sizeof(*end) ||
	    read_at(recording, begin, sizeof(begin), 0) ||
	    read_at(recording, end, sizeof(*end),
		    recording->bytes - sizeof(*end)) ||
	    memcmp(begin, magic, sizeof(magic) - 2))
		return wrong(recording, "not a recording of mmapdemo "
			     "record");
	if (memcmp(end->magic, TRACE_DAT_END, sizeof(end->magic)))
		return wrong(recording, "truncated, or not written by "
			     "mmapdemo record");
	if (memcmp(begin, magic, sizeof(magic)) || begin[sizeof(magic)] ||
	    !*(const char *)&one || begin[sizeof(magic) + 1] != sizeof(long))
		return wrong(recording, "recorded on another architecture; "
			     "read the file on a machine of that architecture");
	if (end->header_bytes > TRACE_DAT_HEADER_MAX ||
	    end->meta_bytes > TRACE_DAT_META_MAX ||
	    end->sums_bytes > recording->bytes ||
	    end->header_bytes + end->sums_bytes + end->meta_bytes +
	    sizeof(*end) > recording->bytes)
		return wrong(recording, damaged);
	return 0;
}

static int parse_about(struct trace_dat *recording, const char *text)
{
	recording->about = json_tokener_parse(text);
	if (strcmp(json_get_text(recording->about, "schema"), META_SCHEMA))
		return wrong(recording, damaged);
	return 0;
}

static int parse(struct trace_dat *recording, const char *header,
		 const char *about, const struct trace_dat_end *end)
{
	__u64 sum = sum_of(0, header, end->header_bytes);
	int err;

	sum = sum_of(sum, recording->sums, end->sums_bytes);
	sum = sum_of(sum, about, end->meta_bytes);
	if (sum != end->checksum)
		return wrong(recording, damaged);
	err = trace_dat_header(recording, header, end);
	if (!err)
		err = parse_about(recording, about);
	if (err == -EPROTO)
		return wrong(recording, damaged);
	if (!err && decoder_init(&recording->decoder, recording->tep, 0))
		return wrong(recording, "recorded by another version of "
			     "mmapdemo: use that version, or record again");
	return err;
}

static int open_parts(struct trace_dat *recording)
{
	char *header = NULL, *about = NULL;
	struct trace_dat_end end;
	__u64 at;
	int err;

	err = check_ends(recording, &end);
	if (err)
		return err;
	at = recording->bytes - sizeof(end) - end.meta_bytes;
	err = load(recording, 0, end.header_bytes, &header);
	if (!err)
		err = load(recording, at, end.meta_bytes, &about);
	if (!err)
		err = load(recording, at - end.sums_bytes, end.sums_bytes,
			   (char **)&recording->sums);
	if (!err)
		err = parse(recording, header, about, &end);
	free(header);
	free(about);
	return err;
}

static int fill_lanes(struct trace_dat *recording)
{
	int err = 0;

	for (__u32 cpu = 0; !err && cpu < recording->cpus; cpu++) {
		struct lane *lane = &recording->lanes[cpu];

		lane->buffer = malloc(batch(recording, lane) + 1);
		err = lane->buffer ? fill(recording, lane) : -ENOMEM;
	}
	return err;
}

int trace_dat_open(struct trace_dat *recording, const char *path)
{
	struct stat st;
	int err;

	*recording = (struct trace_dat){ 0 };
	tep_set_loglevel(TEP_LOG_NONE);
	recording->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (recording->fd < 0)
		return -errno;
	recording->tep = tep_alloc();
	if (!recording->tep)
		err = -ENOMEM;
	else if (fstat(recording->fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = wrong(recording, "not a regular file");
	else
		err = 0;
	if (!err) {
		recording->bytes = st.st_size;
		err = open_parts(recording);
	}
	if (!err)
		err = fill_lanes(recording);
	if (err)
		trace_dat_close(recording);
	return err;
}

void trace_dat_close(struct trace_dat *recording)
{
	for (__u32 cpu = 0; recording->lanes && cpu < recording->cpus; cpu++) {
		free(recording->lanes[cpu].buffer);
		free(recording->lanes[cpu].queue);
	}
	free(recording->lanes);
	free(recording->names);
	free(recording->sums);
	json_object_put(recording->about);
	if (recording->tep)
		tep_free(recording->tep);
	close(recording->fd);
	recording->lanes = NULL;
	recording->names = NULL;
	recording->sums = NULL;
	recording->about = NULL;
	recording->tep = NULL;
	recording->fd = -1;
}
