/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of events from the kernel to struct event: instance, formats,
 * stream, and the number of lost events.
 */
#ifndef _RECORDER_H
#define _RECORDER_H

#include "event/decode.h"
#include "record/instance.h"
#include "record/stream.h"
#include "system/perf_ring.h"

/**
 * struct recorder - a running recording
 * @tep: formats of the events
 * @decoder: bound to the formats
 * @instance: the trace instance
 * @stream: events of @instance
 * @stock: the module is not loaded: only events of the kernel are recorded
 * @rings: perf's ring buffers with more events, if @stock
 * @dev: /dev/mmapdemo, -1: can't be opened
 * @missed: calls that the probes had missed before the recording
 * @drained: start of the last drain, ns
 * @horizon: no more events up to this time will arrive: start of the drain
 *	before the last, ns
 * @why: text for an error, NULL: strerror()
 */
struct recorder {
	struct tep_handle *tep;
	struct decoder decoder;
	struct instance instance;
	struct stream stream;
	bool stock;
	struct perf_rings rings;
	int dev;
	__u64 missed;
	__u64 drained;
	__u64 horizon;
	const char *why;
};

/* Prepare to record, with @buffer bytes per processor. Return 0 or -errno. */
int recorder_open(struct recorder *recorder, size_t buffer);

/* Prepare to record. Without the module, record only events of the kernel. */
int recorder_open_any(struct recorder *recorder, size_t buffer);
void recorder_close(struct recorder *recorder);

/* Start recording the mappings of @tid. Call this before reading its VMAs. */
void recorder_maps(struct recorder *recorder, int tid);

/*
 * Also record EVENTS_OF_KERNEL, as far as this kernel has these events. They
 * show what the module does not observe. Return 0 or -errno.
 */
int recorder_kernel_events(struct recorder *recorder);

/* Record TLB flushes, if the kernel reports them. Return 0 or -errno. */
int recorder_flushes(struct recorder *recorder);

/* Read the available events; @all: also those that may be out of order. */
int recorder_drain(struct recorder *recorder, bool all);

/* Return the next event whose order is certain, or NULL. */
const struct event *recorder_next(struct recorder *recorder);

/* Return the events for which there was no room; the calls not observed. */
__u64 recorder_lost(struct recorder *recorder);
__u64 recorder_missed(struct recorder *recorder);

#endif /* _RECORDER_H */
