/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything between the kernel and struct event: instance, formats, stream,
 * and the count of what was lost on the way.
 */
#ifndef _RECORDER_H
#define _RECORDER_H

#include "event/decode.h"
#include "record/instance.h"
#include "record/stream.h"
#include "system/perf_ring.h"

/**
 * struct recorder - records
 * @tep: the formats
 * @decoder: bound to them
 * @instance: the trace buffer
 * @stream: its events
 * @stock: these are the kernel's own: there is no module
 * @rings: of perf, then, which brings more of them
 * @dev: /dev/mmapdemo, -1: can't be opened
 * @missed: calls that probes had missed before
 * @drained: when the last drain began
 * @horizon: events until then are complete: when the drain before it began
 * @why: the words for an error, NULL: strerror()
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

/* Ready to record; @buffer bytes for each processor. 0 or -errno. */
int recorder_open(struct recorder *recorder, size_t buffer);

/* The same, but without the module what the kernel itself can tell. */
int recorder_open_any(struct recorder *recorder, size_t buffer);
void recorder_close(struct recorder *recorder);

/* Records what @tid maps, before it is asked what it has mapped. */
void recorder_maps(struct recorder *recorder, int tid);

/*
 * Next to the module's events those of the kernel that tell what they do not:
 * EVENTS_OF_KERNEL, as far as this kernel has them. 0 or -errno.
 */
int recorder_kernel_events(struct recorder *recorder);

/* Flushes of the TLB, too, where the kernel tells them. 0 or -errno. */
int recorder_flushes(struct recorder *recorder);

/* Reads what there is; with @all also what is too new to be in order. */
int recorder_drain(struct recorder *recorder, bool all);

/* The next event that is certainly in order, or NULL. */
const struct event *recorder_next(struct recorder *recorder);

/* Found no room in the buffer; could not be observed. */
__u64 recorder_lost(struct recorder *recorder);
__u64 recorder_missed(struct recorder *recorder);

#endif /* _RECORDER_H */
