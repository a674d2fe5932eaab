// SPDX-License-Identifier: GPL-2.0-only
#include "record/recorder.h"
#include "base/clock.h"
#include "event/batch.h"
#include "record/stock.h"
#include "system/device.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tracefs.h>

/* the kernel's PROC_PID_INIT_INO */
#define FIRST_NAMESPACE 0xEFFFFFFC

static int fault_load_format(struct recorder *recorder,
			     const struct event_layout *layout)
{
	enum tep_errno err;
	char *text;
	int size;

	text = tracefs_event_file_read(NULL, layout->system, layout->name,
				       "format", &size);
	if (!text)
		return -ENOENT;
	err = tep_parse_event(recorder->tep, text, size, layout->system);
	free(text);
	return err ? -EPROTO : 0;
}

/*
 * Load only the formats that are needed, because there are events for hundreds
 * of system calls.
 */
static int fault_load_calls(struct recorder *recorder)
{
	int err = 0;

	for (int kind = EVENT_ENTER; !err && kind < EVENT_KINDS; kind++)
		err = fault_load_format(recorder, &event_layouts[kind]);
	return err;
}

/*
 * Choose which of the kernel's own events to record. A kernel may lack the
 * events for system calls.
 */
static void choose_stock(struct recorder *recorder)
{
	if (!recorder->stock)
		return;
	recorder->instance.kinds = EVENTS_STOCK;
	if (!fault_load_calls(recorder))
		recorder->instance.kinds |= EVENTS_CALLS;
}

static int fault_load_formats(struct recorder *recorder)
{
	const char *const systems[] = {
		recorder->stock ? "exceptions" : "mmapdemo", "sched", "task",
		"tlb", recorder->stock ? "signal" : NULL, NULL
	};
	int err;

	errno = 0;
	recorder->tep = tracefs_local_events_system(NULL, systems);
	if (!recorder->tep) {
		recorder->instance.doing = "reading the event formats in tracefs";
		return errno ? -errno : -EIO;
	}
	choose_stock(recorder);
	err = decoder_init(&recorder->decoder, recorder->tep,
			   recorder->instance.kinds);
	if (err)
		recorder->why = recorder->stock ?
			"the event formats of this kernel are not supported" :
			"program and module do not match: install both from "
			"the same source";
	return err;
}

/*
 * Events contain PIDs of the initial PID namespace. If this program runs in
 * another PID namespace, a PID that this program knows would select an
 * unrelated task.
 */
static bool in_first_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || st.st_ino == FIRST_NAMESPACE;
}

/* tracefs_tracing_dir() mounts tracefs if necessary. */
static int find_events(struct recorder *recorder)
{
	if (!in_first_namespace()) {
		recorder->why = "events can be recorded only in the initial PID "
				"namespace; run mmapdemo on the host, not in a "
				"container";
		return -EOPNOTSUPP;
	}
	if (!tracefs_tracing_dir()) {
		recorder->why = geteuid() ?
			"permission denied: root is required; try sudo" :
			"cannot mount tracefs; is CONFIG_FTRACE set?";
		return -EACCES;
	}
	if (tracefs_dir_exists(NULL, recorder->stock ? "events/exceptions" :
						       "events/mmapdemo"))
		return 0;
	if (geteuid()) {
		recorder->why = "permission denied: root is required; try sudo";
		return -EACCES;
	}
	recorder->why = "the module is not loaded; run: sudo modprobe mmapdemo "
			"(or make load)";
	return -ENOENT;
}

static int open_stock(struct recorder *recorder)
{
	perf_rings_open(&recorder->rings);
	return instance_users(&recorder->instance) ?:
	       instance_signals(&recorder->instance);
}

static int open_events(struct recorder *recorder, size_t buffer)
{
	int err;

	err = find_events(recorder);
	if (!err)
		err = fault_load_formats(recorder);
	if (!err)
		err = instance_create(&recorder->instance, buffer);
	if (!err && recorder->stock)
		err = open_stock(recorder);
	if (!err)
		err = stream_open(&recorder->stream, &recorder->decoder,
				  recorder->instance.tracefs);
	if (err) {
		recorder_close(recorder);
		return err;
	}
	recorder->dev = dev_open();
	if (recorder->dev >= 0)
		dev_missed(recorder->dev, &recorder->missed);
	return 0;
}

static void begin(struct recorder *recorder)
{
	*recorder = (struct recorder){ .dev = -1 };
	tracefs_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
}

int recorder_open(struct recorder *recorder, size_t buffer)
{
	begin(recorder);
	return open_events(recorder, buffer);
}

int recorder_open_any(struct recorder *recorder, size_t buffer)
{
	begin(recorder);
	recorder->stock = !tracefs_dir_exists(NULL, "events/mmapdemo");
	return open_events(recorder, buffer);
}

/* The filters affect only the kernel's own events, not the module's events. */
static int add_kernel_events(struct recorder *recorder)
{
	struct instance *instance = &recorder->instance;
	int err;

	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (EVENTS_OF_KERNEL & EVENT_BIT(kind))
			fault_load_format(recorder, &event_layouts[kind]);
	}
	err = decoder_more(&recorder->decoder);
	instance->kinds = decoder_kinds(&recorder->decoder) &
			  (EVENTS_MODULE | EVENTS_WAITS | EVENTS_OF_KERNEL |
			   EVENT_BIT(MMAPDEMO_EVENT_FAULT_SIGNAL));
	/* fault_signal makes an event for each exception unnecessary. */
	if (instance->kinds & EVENT_BIT(MMAPDEMO_EVENT_FAULT_SIGNAL))
		instance->kinds &= ~EVENT_BIT(EVENT_TOUCH);
	if (!err && instance->kinds & EVENT_BIT(EVENT_KERNEL_TOUCH))
		err = instance_users(instance);
	if (!err && instance->kinds & EVENT_BIT(EVENT_SIGNAL))
		err = instance_signals(instance);
	return err;
}

int recorder_kernel_events(struct recorder *recorder)
{
	int err = recorder->stock ? 0 : add_kernel_events(recorder);

	if (!err && decoder_knows(&recorder->decoder, EVENT_FLUSH))
		err = instance_flushes(&recorder->instance);
	return err;
}

void recorder_batches(struct recorder *recorder)
{
	struct instance *instance = &recorder->instance;

	if (recorder->stock ||
	    !decoder_knows(&recorder->decoder, MMAPDEMO_EVENT_PTE_FAULTS))
		return;
	instance->kinds = ((instance->kinds ?: EVENTS_MODULE) | EVENTS_BATCH) &
			  ~EVENT_BIT(MMAPDEMO_EVENT_PTE_FAULT);
}

void recorder_close(struct recorder *recorder)
{
	stream_close(&recorder->stream);
	perf_rings_close(&recorder->rings);
	instance_remove(&recorder->instance);
	if (recorder->tep)
		tep_free(recorder->tep);
	if (recorder->dev >= 0)
		close(recorder->dev);
	recorder->tep = NULL;
	recorder->dev = -1;
}

void recorder_maps(struct recorder *recorder, int tid)
{
	if (recorder->stock)
		stock_follow(&recorder->rings, tid);
}

static int take_record(int cpu, const struct perf_event_header *record,
		       void *data)
{
	struct recorder *recorder = data;
	struct event event;

	return stock_event(&event, cpu, record) ?
	       stream_add(&recorder->stream, &event) : 0;
}

int recorder_drain(struct recorder *recorder, bool all)
{
	__u64 now = clock_ns();
	int err;

	if (all)
		recorder->horizon = ~0ULL;
	else if (recorder->drained < now - BATCH_LATE)
		recorder->horizon = recorder->drained;
	else
		recorder->horizon = now - BATCH_LATE;
	recorder->drained = now;
	err = perf_rings_drain(&recorder->rings, take_record, recorder);
	return err ? err : stream_drain(&recorder->stream);
}

const struct event *recorder_next(struct recorder *recorder)
{
	return stream_next(&recorder->stream, recorder->horizon);
}

__u64 recorder_lost(struct recorder *recorder)
{
	return instance_lost(&recorder->instance) +
	       perf_rings_lost(&recorder->rings);
}

__u64 recorder_missed(struct recorder *recorder)
{
	__u64 missed;

	if (recorder->dev < 0 || dev_missed(recorder->dev, &missed))
		return 0;
	return missed - recorder->missed;
}
