// SPDX-License-Identifier: GPL-2.0-only
#include "report/calls.h"
#include "event/decode.h"

#include <stdio.h>
#include <string.h>

const char *calls_name(enum event_call which)
{
	return event_layouts[EVENT_LEAVE + which].name + strlen("sys_exit_");
}

/*
 * The module has its own events for brk() and mremap(), so these calls are
 * always recorded.
 */
void calls_begin(struct calls *calls, const struct decoder *decoder)
{
	for (int i = 0; i < EVENT_CALLS; i++)
		calls->by[i].recorded = i == EVENT_CALL_BRK ||
					i == EVENT_CALL_MREMAP ||
					decoder_knows(decoder, EVENT_LEAVE + i);
}

const char *calls_error(int error)
{
	return error ? strerrorname_np(error) : NULL;
}

static void count(struct call_stats *call, __u64 duration, bool failed,
		  __s64 ret)
{
	stats_add(&call->stats, duration);
	if (!failed)
		return;
	call->failed++;
	call->errors[ret < 0 && ret > -CALL_ERRORS ? -ret : 0]++;
}

void calls_event(struct calls *calls, const struct event *event,
		 const struct call *call)
{
	const struct brk_event *brk = &event->brk;

	switch (event->kind) {
	case MMAPDEMO_EVENT_BRK:
		/* On failure, brk() returns the old end of the heap. */
		count(&calls->by[EVENT_CALL_BRK], brk->duration,
		      brk->brk && brk->ret != brk->brk, 0);
		break;
	case MMAPDEMO_EVENT_MREMAP:
		count(&calls->by[EVENT_CALL_MREMAP], event->mremap.duration,
		      event->mremap.ret < 0, event->mremap.ret);
		break;
	case EVENT_LEAVE + EVENT_CALL_MMAP:
	case EVENT_LEAVE + EVENT_CALL_MUNMAP:
	case EVENT_LEAVE + EVENT_CALL_MPROTECT:
	case EVENT_LEAVE + EVENT_CALL_MADVISE:
		count(&calls->by[event->kind - EVENT_LEAVE],
		      call_duration(call, event), event->call.ret < 0,
		      event->call.ret);
		break;
	}
}

bool calls_unrecorded(const struct calls *const *all, int count_all,
		      char *text, size_t size)
{
	bool found = false;

	*text = 0;
	for (int i = 0; i < EVENT_CALLS; i++) {
		bool recorded = true;

		for (int n = 0; n < count_all; n++)
			recorded = recorded && all[n]->by[i].recorded;
		if (recorded)
			continue;
		snprintf(text + strlen(text), size - strlen(text), "%s%s",
			 found ? ", " : "", calls_name(i));
		found = true;
	}
	return found;
}
