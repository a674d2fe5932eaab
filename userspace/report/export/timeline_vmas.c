// SPDX-License-Identifier: GPL-2.0-only
/* Counters of the VMAs of each address space. Events update the counters. */
#include "report/export/timeline.h"

#include <errno.h>
#include <stdlib.h>

/* Return the counter of an address space. Return NULL if there is no memory. */
static struct counter *get_counter(struct export *export, __u32 pid, __u32 mm)
{
	struct timeline *timeline = export->data;
	struct counter *counter = ids_find(&timeline->counters, mm);

	if (counter)
		return counter;
	counter = calloc(1, sizeof(*counter));
	if (!counter || ids_set(&timeline->counters, mm, counter)) {
		free(counter);
		return NULL;
	}
	counter->mm = mm;
	if (timeline->writer->counter)
		timeline->writer->counter(export, pid, mm);
	return counter;
}

static void drop_counter(struct timeline *timeline, __u32 mm)
{
	struct counter *counter = ids_find(&timeline->counters, mm);

	ids_drop(&timeline->counters, mm);
	free(counter);
}

static int count(struct export *export, const struct track *track, __u32 mm,
		 __u64 time, __u64 vmas)
{
	struct timeline *timeline = export->data;
	struct counter *counter = get_counter(export, track->pid, mm);

	if (!counter)
		return -ENOMEM;
	if (counter->vmas == vmas)
		return 0;
	counter->vmas = vmas;
	timeline->writer->count(export, track->pid, counter, time);
	return 0;
}

/*
 * Subtract the unmapped VMAs. If the counter is then wrong, the next event that
 * contains the number of VMAs corrects the counter.
 */
static int count_down(struct export *export, const struct track *track,
		      const struct event *event)
{
	const struct unlink_event *unlink = &event->unlink;
	const struct counter *counter = get_counter(export, track->pid,
						    unlink->mm);

	if (!counter)
		return -ENOMEM;
	if (counter->vmas < unlink->vmas)
		return 0;
	return count(export, track, unlink->mm, event->time,
		     counter->vmas - unlink->vmas);
}

static int count_none(struct export *export, const struct track *track,
		      const struct event *event)
{
	int err = count(export, track, event->exit_mmap.mm, event->time, 0);

	drop_counter(export->data, event->exit_mmap.mm);
	return err;
}

int timeline_count(struct export *export, const struct track *track,
		   const struct event *event)
{
	struct track *child;

	switch (event->kind) {
	case MMAPDEMO_EVENT_VMA_MERGE:
		return count(export, track, event->merge.mm, event->time,
			     event->merge.map_count);
	case MMAPDEMO_EVENT_VMA_LINK:
		return count(export, track, event->link.mm, event->time,
			     event->link.map_count);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return count(export, track, event->split.mm, event->time,
			     event->split.map_count);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return count_down(export, track, event);
	case MMAPDEMO_EVENT_DUP_MM:
		child = timeline_track(export->data, event->dup.child_pid);
		if (!child)
			return -ENOMEM;
		return count(export, child, event->dup.child_mm, event->time,
			     event->dup.map_count);
	case MMAPDEMO_EVENT_EXIT_MMAP:
		return count_none(export, track, event);
	}
	return 0;
}

void timeline_uncount(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->counters.size; i++)
		free(timeline->counters.slots[i].value);
	ids_free(&timeline->counters);
}
