// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/border.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int borders_find(struct borders *borders, const struct vmas *vmas,
		 const struct verdict_rules *rules)
{
	*borders = (struct borders) {
		.list = calloc(vmas->count + 1, sizeof(*borders->list)),
	};
	if (!borders->list)
		return -ENOMEM;
	for (size_t i = 1; i < vmas->count; i++) {
		struct border *border = &borders->list[borders->count];

		if (vmas->list[i - 1].end != vmas->list[i].start)
			continue;
		border->below = &vmas->list[i - 1];
		border->above = &vmas->list[i];
		apart_tell(&border->apart, rules, border->below, border->above,
			   vmas->policies);
		borders->count++;
	}
	return 0;
}

void borders_free(struct borders *borders)
{
	free(borders->list);
	*borders = (struct borders){ 0 };
}

/* ---- recorded ---- */

__u32 border_reason(const struct border *border)
{
	const struct merge_event *merge = &border->tried.merge;

	return border->of_below ? merge->reason_prev : merge->reason_next;
}

__u64 border_flags(const struct border *border)
{
	const struct merge_event *merge = &border->tried.merge;

	return border->of_below ? merge->flags_diff_prev :
				  merge->flags_diff_next;
}

static int compare(const void *key, const void *item)
{
	const struct border *border = item;
	__u64 address = *(const __u64 *)key;

	return (address > border->above->start) -
	       (address < border->above->start);
}

/* The last one counts: what was there before is gone. */
static void note(struct borders *borders, __u64 address,
		 const struct event *event, bool of_below)
{
	struct border *border = bsearch(&address, borders->list, borders->count,
					sizeof(*border), compare);
	__u32 reason;

	if (!border)
		return;
	border->tried = *event;
	border->of_below = of_below;
	reason = border_reason(border);
	border->recorded = reason != MMAPDEMO_REASON_MERGED &&
			   reason != MMAPDEMO_REASON_NO_NEIGHBOUR;
}

/* The address space whose events are wanted, by its number in the recording. */
struct search {
	struct borders *borders;
	__u32 space;
};

static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	const struct search *search = data;

	if (event->kind != MMAPDEMO_EVENT_VMA_MERGE || !space ||
	    space->number != search->space)
		return 0;
	note(search->borders, event->merge.start, event, /* of_below = */ true);
	note(search->borders, event->merge.end, event, /* of_below = */ false);
	return 0;
}

/* Read twice: where a process lives at last is known at the end. */
int borders_recorded(struct borders *borders, struct replay *replay,
		     const char *path, int pid)
{
	struct search search = { .borders = borders };
	const struct replay_visitor visitor = {
		.event = see_event,
		.data = &search,
	};
	const struct replay_visitor none = { 0 };
	const struct task *task;
	int err = replay_read(replay, path, &none);

	if (err)
		return err;
	task = world_task(&replay->world, pid);
	if (!task || !task->space)
		return -ESRCH;
	search.space = task->space->number;
	replay_close(replay);
	return replay_read(replay, path, &visitor);
}
