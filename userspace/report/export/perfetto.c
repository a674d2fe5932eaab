// SPDX-License-Identifier: GPL-2.0-only
/*
 * Export as Perfetto TrackEvents. The output is a Trace message with many
 * TracePackets. Perfetto's protos/perfetto/trace/trace.proto and its imports
 * define the schema. The enums below contain the numbers of the fields that
 * this export uses.
 */
#include "base/protobuf.h"
#include "report/export/timeline.h"

#include <errno.h>
#include <stdlib.h>

enum {	/* Trace */
	TRACE_PACKET = 1,
};

enum {	/* TracePacket */
	PACKET_CLOCK_SNAPSHOT = 6,
	PACKET_TIMESTAMP = 8,
	PACKET_TRUSTED_PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_TIMESTAMP_CLOCK_ID = 58,
	PACKET_TRACK_DESCRIPTOR = 60,
};

enum {	/* ClockSnapshot, ClockSnapshot.Clock; BuiltinClock */
	SNAPSHOT_CLOCKS = 1,
	SNAPSHOT_PRIMARY_TRACE_CLOCK = 2,
	CLOCK_CLOCK_ID = 1,
	CLOCK_TIMESTAMP = 2,
	BUILTIN_CLOCK_MONOTONIC = 3,
};

enum {	/* TrackDescriptor */
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_THREAD = 4,
	TRACK_PARENT_UUID = 5,
	TRACK_COUNTER = 8,
};

enum {	/* ProcessDescriptor, ThreadDescriptor, CounterDescriptor */
	PROCESS_PID = 1,
	PROCESS_PROCESS_NAME = 6,
	THREAD_PID = 1,
	THREAD_TID = 2,
	THREAD_THREAD_NAME = 5,
	COUNTER_UNIT = 3,
	COUNTER_UNIT_COUNT = 2,
};

enum {	/* TrackEvent, TrackEvent.Type */
	EVENT_DEBUG_ANNOTATIONS = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK_UUID = 11,
	EVENT_CATEGORIES = 22,
	EVENT_NAME = 23,
	EVENT_COUNTER_VALUE = 30,
	TYPE_SLICE_BEGIN = 1,
	TYPE_SLICE_END = 2,
	TYPE_INSTANT = 3,
	TYPE_COUNTER = 4,
};

enum {	/* DebugAnnotation */
	ANNOTATION_INT_VALUE = 4,
	ANNOTATION_STRING_VALUE = 6,
	ANNOTATION_NAME = 10,
};

/* Kinds of tracks. The upper 32 bits of a track's uuid are the kind of the track. */
enum { PROCESSES = 1, THREADS, COUNTERS, GAPS };

/**
 * struct perfetto - state of the export
 * @packet: the packet that is being written
 * @start: where the packet begins, for protobuf_close()
 * @event: where the packet's TrackEvent begins, for protobuf_close()
 */
struct perfetto {
	struct timeline timeline;
	struct protobuf packet;
	size_t start;
	size_t event;
};

static __u64 uuid(__u64 kind, __u32 number)
{
	return kind << 32 | number;
}

/* ---- packets ---- */

static struct protobuf *begin_packet(struct export *export)
{
	struct perfetto *perfetto = export->data;

	perfetto->packet.used = 0;
	perfetto->start = protobuf_open(&perfetto->packet, TRACE_PACKET);
	protobuf_number(&perfetto->packet, PACKET_TRUSTED_PACKET_SEQUENCE_ID,
			1);
	return &perfetto->packet;
}

static void end_packet(struct export *export)
{
	struct perfetto *perfetto = export->data;

	protobuf_close(&perfetto->packet, perfetto->start);
	if (!perfetto->packet.failed)
		fwrite(perfetto->packet.bytes, 1, perfetto->packet.used,
		       export->out);
}

static struct protobuf *begin_event(struct export *export, __u64 time,
				    int type, __u64 track)
{
	struct perfetto *perfetto = export->data;
	struct protobuf *packet = begin_packet(export);

	protobuf_number(packet, PACKET_TIMESTAMP, time);
	protobuf_number(packet, PACKET_TIMESTAMP_CLOCK_ID,
			BUILTIN_CLOCK_MONOTONIC);
	perfetto->event = protobuf_open(packet, PACKET_TRACK_EVENT);
	protobuf_number(packet, EVENT_TYPE, type);
	protobuf_number(packet, EVENT_TRACK_UUID, track);
	return packet;
}

static void end_event(struct export *export)
{
	struct perfetto *perfetto = export->data;

	protobuf_close(&perfetto->packet, perfetto->event);
	end_packet(export);
}

/* ---- tracks ---- */

/*
 * A packet with an open TrackDescriptor, and the part of the descriptor that
 * depends on the kind of track.
 */
struct descriptor {
	struct protobuf *packet;
	size_t track;
	size_t part;
};

static struct descriptor begin_track(struct export *export, __u64 kind,
				     __u32 number, __u32 part)
{
	struct descriptor descriptor = { .packet = begin_packet(export) };

	descriptor.track = protobuf_open(descriptor.packet,
					 PACKET_TRACK_DESCRIPTOR);
	protobuf_number(descriptor.packet, TRACK_UUID, uuid(kind, number));
	descriptor.part = protobuf_open(descriptor.packet, part);
	return descriptor;
}

static void end_track(struct export *export,
		      const struct descriptor *descriptor)
{
	protobuf_close(descriptor->packet, descriptor->part);
	protobuf_close(descriptor->packet, descriptor->track);
	end_packet(export);
}

static void put_process(struct export *export, __u32 pid, const char *name)
{
	const struct descriptor process = begin_track(export, PROCESSES, pid,
						      TRACK_PROCESS);

	protobuf_number(process.packet, PROCESS_PID, pid);
	protobuf_text(process.packet, PROCESS_PROCESS_NAME, name);
	end_track(export, &process);
}

static void put_thread(struct export *export, const struct track *track,
		       const char *name)
{
	struct descriptor thread;

	if (track->tid == track->pid)
		put_process(export, track->pid, name);
	thread = begin_track(export, THREADS, track->tid, TRACK_THREAD);
	protobuf_number(thread.packet, THREAD_PID, track->pid);
	protobuf_number(thread.packet, THREAD_TID, track->tid);
	protobuf_text(thread.packet, THREAD_THREAD_NAME, name);
	end_track(export, &thread);
}

static void put_counter(struct export *export, __u32 pid, __u32 mm)
{
	struct protobuf *packet = begin_packet(export);
	size_t track = protobuf_open(packet, PACKET_TRACK_DESCRIPTOR), part;

	protobuf_number(packet, TRACK_UUID, uuid(COUNTERS, mm));
	protobuf_number(packet, TRACK_PARENT_UUID, uuid(PROCESSES, pid));
	protobuf_text(packet, TRACK_NAME, "VMAs");
	part = protobuf_open(packet, TRACK_COUNTER);
	protobuf_number(packet, COUNTER_UNIT, COUNTER_UNIT_COUNT);
	protobuf_close(packet, part);
	protobuf_close(packet, track);
	end_packet(export);
}

/* ---- events ---- */

static void put_detail(void *data, const char *name, const char *text,
		       bool number)
{
	struct protobuf *packet = data;
	size_t annotation = protobuf_open(packet, EVENT_DEBUG_ANNOTATIONS);

	protobuf_text(packet, ANNOTATION_NAME, name);
	if (number)
		protobuf_number(packet, ANNOTATION_INT_VALUE, *text == '-' ?
				(__u64)strtoll(text, NULL, 10) :
				strtoull(text, NULL, 10));
	else
		protobuf_text(packet, ANNOTATION_STRING_VALUE, text);
	protobuf_close(packet, annotation);
}

static void put_slice(struct export *export, const struct slice *slice,
		      __u64 time, int type)
{
	struct protobuf *packet = begin_event(export, time, type,
					      uuid(THREADS,
						   slice->track->tid));

	protobuf_text(packet, EVENT_CATEGORIES, timeline_category(slice));
	protobuf_text(packet, EVENT_NAME, slice->name);
	timeline_details(slice, put_detail, packet);
	end_event(export);
}

static void enter_slice(struct export *export, const struct slice *slice)
{
	put_slice(export, slice, slice->begin, TYPE_SLICE_BEGIN);
}

static void leave_slice(struct export *export, const struct slice *slice)
{
	begin_event(export, slice->end, TYPE_SLICE_END,
		    uuid(THREADS, slice->track->tid));
	end_event(export);
}

static void put_instant(struct export *export, const struct slice *slice)
{
	put_slice(export, slice, slice->end, TYPE_INSTANT);
}

static void put_count(struct export *export, __u32 pid,
		      const struct counter *counter, __u64 time)
{
	struct protobuf *packet = begin_event(export, time, TYPE_COUNTER,
					      uuid(COUNTERS, counter->mm));

	(void)pid;
	protobuf_number(packet, EVENT_COUNTER_VALUE, counter->vmas);
	end_event(export);
}

static void put_gap_track(struct export *export, unsigned int number)
{
	struct protobuf *packet = begin_packet(export);
	size_t track = protobuf_open(packet, PACKET_TRACK_DESCRIPTOR);

	protobuf_number(packet, TRACK_UUID, uuid(GAPS, number));
	protobuf_text(packet, TRACK_NAME, "missing");
	protobuf_close(packet, track);
	end_packet(export);
}

static void put_gap(struct export *export, unsigned int number,
		    const char *text, __u64 begin, __u64 end)
{
	struct protobuf *packet;

	put_gap_track(export, number);
	packet = begin_event(export, begin, TYPE_SLICE_BEGIN,
			     uuid(GAPS, number));
	protobuf_text(packet, EVENT_CATEGORIES, "gap");
	protobuf_text(packet, EVENT_NAME, text);
	end_event(export);
	begin_event(export, end > begin ? end : begin, TYPE_SLICE_END,
		    uuid(GAPS, number));
	end_event(export);
}

static const struct timeline_writer writer = {
	.thread = put_thread,
	.enter = enter_slice,
	.leave = leave_slice,
	.instant = put_instant,
	.counter = put_counter,
	.count = put_count,
	.gap = put_gap,
};

/*
 * Write a clock snapshot that contains only CLOCK_MONOTONIC, because all times
 * are from this clock.
 */
static int begin(struct export *export)
{
	struct protobuf *packet = begin_packet(export);
	size_t snapshot = protobuf_open(packet, PACKET_CLOCK_SNAPSHOT);
	size_t clock = protobuf_open(packet, SNAPSHOT_CLOCKS);

	protobuf_number(packet, CLOCK_CLOCK_ID, BUILTIN_CLOCK_MONOTONIC);
	protobuf_number(packet, CLOCK_TIMESTAMP, 0);
	protobuf_close(packet, clock);
	protobuf_number(packet, SNAPSHOT_PRIMARY_TRACE_CLOCK,
			BUILTIN_CLOCK_MONOTONIC);
	protobuf_close(packet, snapshot);
	end_packet(export);
	return timeline_begin(export, &writer);
}

static int result(struct export *export, int err)
{
	struct perfetto *perfetto = export->data;

	return perfetto->packet.failed ? -ENOMEM : err;
}

static int put_event(struct export *export, const struct event *event,
		     const struct space *space)
{
	return result(export, timeline_event(export, event, space));
}

static int end(struct export *export)
{
	return result(export, timeline_end(export));
}

static void free_packet(struct export *export)
{
	struct perfetto *perfetto = export->data;

	timeline_free(export);
	free(perfetto->packet.bytes);
}

const struct export_format export_perfetto = {
	.name = "perfetto",
	.binary = true,
	.data_size = sizeof(struct perfetto),
	.begin = begin,
	.event = put_event,
	.end = end,
	.free = free_packet,
};
