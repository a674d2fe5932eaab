/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recorder reads events from the kernel, and converts the events to struct
 * event. The recorder combines the instance, the formats and the stream, and
 * counts lost events.
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
 * @decoder: decoder that uses these formats
 * @instance: the private tracefs instance
 * @stream: events of @instance
 * @stock: the module is not loaded, so only the kernel's own events are
 *	recorded
 * @rings: perf's ring buffers with additional events, if @stock is set
 * @dev: descriptor of /dev/mmapdemo; -1: the device can't be opened
 * @missed: number of calls that the probes had missed before the recording
 * @drained: time when the last call of recorder_drain() began, in ns
 * @horizon: time up to which the order of events is certain, in ns: the start of
 *	the last but one call of recorder_drain(), but at least BATCH_LATE before the
 *	last call; or ~0 if the last call had @all
 * @why: message for the last error; NULL: use instance.doing and strerror()
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

/*
 * Prepare to record, with a trace buffer of @buffer bytes per processor. Return
 * 0 or -errno.
 */
int recorder_open(struct recorder *recorder, size_t buffer);

/*
 * Prepare to record. If the module is not loaded, record only the kernel's own
 * events.
 */
int recorder_open_any(struct recorder *recorder, size_t buffer);
void recorder_close(struct recorder *recorder);

/*
 * If the module is not loaded, start to record the mappings of the task @tid.
 * Call this function before reading the task's VMAs.
 */
void recorder_maps(struct recorder *recorder, int tid);

/*
 * Also record TLB flushes and, if the module is loaded, the events of EVENTS_OF_KERNEL,
 * which show what the module does not observe. Skip events that this kernel lacks.
 * Return 0 or -errno.
 */
int recorder_kernel_events(struct recorder *recorder);

/*
 * If the module can, record up to 30 faults in one event (pte_faults), which costs less.
 * Call this function after the kinds of events were chosen. Do not call it to record
 * call stacks, because only the last fault of such an event would have a stack.
 */
void recorder_batches(struct recorder *recorder);

/*
 * Read the available events. If @all is set, recorder_next() also returns
 * events whose order is not certain yet.
 */
int recorder_drain(struct recorder *recorder, bool all);

/* Return the next event whose order is certain, or NULL if there is none yet. */
const struct event *recorder_next(struct recorder *recorder);

/*
 * recorder_lost() returns the number of events for which there was no room.
 * recorder_missed() returns the number of calls of probed functions, by all
 * processes, that were not observed.
 */
__u64 recorder_lost(struct recorder *recorder);
__u64 recorder_missed(struct recorder *recorder);

#endif /* _RECORDER_H */
