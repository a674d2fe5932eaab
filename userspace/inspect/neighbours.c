// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/neighbours.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int neighbour_list_find(struct neighbour_list *pairs, const struct vmas *vmas,
			const struct verdict_rules *rules)
{
	*pairs = (struct neighbour_list) {
		.list = calloc(vmas->count + 1, sizeof(*pairs->list)),
	};
	if (!pairs->list)
		return -ENOMEM;
	for (size_t i = 1; i < vmas->count; i++) {
		struct neighbours *pair = &pairs->list[pairs->count];

		if (vmas->list[i - 1].end != vmas->list[i].start)
			continue;
		pair->below = &vmas->list[i - 1];
		pair->above = &vmas->list[i];
		mergeable_check(&pair->mergeable, rules, pair->below, pair->above,
				vmas->policies);
		pairs->count++;
	}
	return 0;
}

void neighbour_list_free(struct neighbour_list *pairs)
{
	free(pairs->list);
	*pairs = (struct neighbour_list){ 0 };
}

/* ---- the recording ---- */

__u32 neighbours_reason(const struct neighbours *pair)
{
	const struct merge_event *merge = &pair->tried.merge;

	return pair->of_below ? merge->reason_prev : merge->reason_next;
}

__u64 neighbours_flags(const struct neighbours *pair)
{
	const struct merge_event *merge = &pair->tried.merge;

	return pair->of_below ? merge->flags_diff_prev :
				  merge->flags_diff_next;
}

static int compare(const void *key, const void *item)
{
	const struct neighbours *pair = item;
	__u64 address = *(const __u64 *)key;

	return (address > pair->above->start) -
	       (address < pair->above->start);
}

/*
 * Store an attempt to merge in the pair whose upper VMA begins at @address. A
 * later attempt replaces an earlier attempt, because the VMAs may have changed.
 */
static void note(struct neighbour_list *pairs, __u64 address,
		 const struct event *event, bool of_below)
{
	struct neighbours *pair = bsearch(&address, pairs->list, pairs->count,
					  sizeof(*pair), compare);
	__u32 reason;

	if (!pair)
		return;
	pair->tried = *event;
	pair->of_below = of_below;
	reason = neighbours_reason(pair);
	pair->recorded = reason != MMAPDEMO_REASON_MERGED &&
			   reason != MMAPDEMO_REASON_NO_NEIGHBOUR;
}

/*
 * State of the search for attempts to merge VMAs. @space is the number of the
 * process's address space, as in struct space.
 */
struct search {
	struct neighbour_list *pairs;
	__u32 space;
};

static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	const struct search *search = data;

	if (event->kind != MMAPDEMO_EVENT_VMA_MERGE || !space ||
	    space->number != search->space)
		return 0;
	note(search->pairs, event->merge.start, event, /* of_below = */ true);
	note(search->pairs, event->merge.end, event, /* of_below = */ false);
	return 0;
}

/*
 * Read the recording twice, because the last address space of the process is
 * known only after the first pass.
 */
int neighbour_list_recorded(struct neighbour_list *pairs, struct replay *replay,
			    const char *path, int pid)
{
	struct search search = { .pairs = pairs };
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
