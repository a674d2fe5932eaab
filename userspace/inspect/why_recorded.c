// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/why_recorded.h"
#include "base/json.h"
#include "event/json.h"
#include "report/summary_text.h"

#include <errno.h>

#include <json.h>

static bool is_wanted(const struct why_recorded *wanted,
		      const struct merge_event *merge)
{
	__u64 low = merge->prev_end ? merge->prev_start : merge->start;
	__u64 high = merge->next_end ?: merge->end;

	return wanted->low < high && low <= wanted->high;
}

static int begin(const struct why_recorded *wanted)
{
	struct line line;

	if (wanted->json)
		return json_line(stdout, json_header("mmapdemo-why", NULL,
						     wanted->pid));
	line_begin(&line, wanted->style);
	line_add(&line, BOLD, "process %d ", wanted->pid);
	line_add(&line, PLAIN, "has ended; its recorded failed merges%s:",
		 wanted->high == ~0ULL ? "" : wanted->low == wanted->high ?
		 " at this address" : " between these addresses");
	return line_end(&line, stdout);
}

static int write_merge(struct why_recorded *wanted, const struct event *event,
		       const struct space *space)
{
	int err = wanted->count++ ? 0 : begin(wanted);

	if (err)
		return err;
	if (wanted->json)
		return json_event(stdout, event);
	return summary_line(stdout, wanted->style, wanted->replay, event, space);
}

/*
 * Handle an event. An event whose TID is the PID occurred in the address space of
 * the process. After exec, this is a new address space.
 */
static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	struct why_recorded *wanted = data;

	if (event->tid == (__u32)wanted->pid)
		wanted->known = true;
	if (!space)
		return 0;
	if (event->tid == (__u32)wanted->pid)
		wanted->space = space->number;
	if (event->kind != MMAPDEMO_EVENT_VMA_MERGE || !wanted->known ||
	    space->number != wanted->space || !merge_refused(&event->merge) ||
	    !is_wanted(wanted, &event->merge))
		return 0;
	wanted->output = write_merge(wanted, event, space);
	return wanted->output;
}

static int end(const struct why_recorded *wanted)
{
	struct json_object *object;
	struct line line;
	int err = wanted->count ? 0 : begin(wanted);

	if (err)
		return err;
	if (wanted->json) {
		object = json_object_new_object();
		object = json_add_text(object, "event", "summary");
		object = json_add_number(object, "refused", wanted->count);
		return json_line(stdout, object);
	}
	if (wanted->count)
		return 0;
	line_begin(&line, wanted->style);
	line_add(&line, PLAIN, "none");
	return line_end(&line, stdout);
}

int why_recorded(struct why_recorded *wanted, const char *path)
{
	const struct replay_visitor visitor = {
		.event = see_event,
		.data = wanted,
	};
	int err = replay_read(wanted->replay, path, &visitor);

	if (err)
		return err;
	if (!wanted->known)
		return -ESRCH;
	wanted->output = end(wanted);
	return wanted->output;
}
