// SPDX-License-Identifier: GPL-2.0-only
#include "recorder.h"
#include "clock.h"
#include "dev.h"

#include <errno.h>
#include <unistd.h>

#include <tracefs.h>

static int load_formats(struct recorder *recorder)
{
	static const char *const systems[] = {
		"mmapdemo", "sched", "task", "tlb", NULL
	};
	int err;

	recorder->tep = tracefs_local_events_system(NULL, systems);
	if (!recorder->tep) {
		recorder->why = "the formats of the events can't be read";
		return -EPROTO;
	}
	err = decoder_init(&recorder->decoder, recorder->tep);
	if (err)
		recorder->why = "program and module do not fit: install both "
				"from the same source";
	return err;
}

/* tracefs_tracing_dir() mounts tracefs where nobody did. */
static int find_events(struct recorder *recorder)
{
	if (!tracefs_tracing_dir()) {
		recorder->why = geteuid() ? "it needs root; run it with sudo" :
			"tracefs can't be mounted; is CONFIG_FTRACE set?";
		return -EACCES;
	}
	if (tracefs_dir_exists(NULL, "events/mmapdemo"))
		return 0;
	if (geteuid()) {
		recorder->why = "it needs root; run it with sudo";
		return -EACCES;
	}
	recorder->why = "the module is not loaded; run: sudo modprobe mmapdemo "
			"(or make load)";
	return -ENOENT;
}

int recorder_open(struct recorder *recorder, size_t buffer)
{
	int err;

	*recorder = (struct recorder){ .dev = -1 };
	tracefs_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	err = find_events(recorder);
	if (!err)
		err = load_formats(recorder);
	if (!err) {
		instance_sweep();
		err = instance_create(&recorder->instance, buffer);
	}
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

void recorder_close(struct recorder *recorder)
{
	stream_close(&recorder->stream);
	instance_remove(&recorder->instance);
	if (recorder->tep)
		tep_free(recorder->tep);
	if (recorder->dev >= 0)
		close(recorder->dev);
	recorder->tep = NULL;
	recorder->dev = -1;
}

int recorder_flushes(struct recorder *recorder)
{
	if (!decoder_knows(&recorder->decoder, EVENT_FLUSH))
		return 0;
	return instance_flushes(&recorder->instance);
}

int recorder_drain(struct recorder *recorder, bool all)
{
	recorder->horizon = all ? ~0ULL : recorder->drained;
	recorder->drained = clock_ns();
	return stream_drain(&recorder->stream);
}

const struct event *recorder_next(struct recorder *recorder)
{
	return stream_next(&recorder->stream, recorder->horizon);
}

__u64 recorder_lost(struct recorder *recorder)
{
	return instance_lost(&recorder->instance);
}

__u64 recorder_missed(struct recorder *recorder)
{
	__u64 missed;

	if (recorder->dev < 0 || dev_missed(recorder->dev, &missed))
		return 0;
	return missed - recorder->missed;
}
