// SPDX-License-Identifier: GPL-2.0-only
#include "story.h"
#include "tell.h"

#include <string.h>

int story_begin(struct story *story, const char *title)
{
	return tell_heading(story, title);
}

static void count(struct tally *tally, const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		tally->mmaps++;
		tally->mmaps_failed += event->mmap.ret < 0;
		tally->mmap_ns += event->mmap.duration;
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		tally->links++;
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		tally->merges += event->merge.outcome != 0;
		break;
	case MMAPDEMO_EVENT_PTE_FAULT:
		tally->faults++;
		tally->majors += !!(event->fault.ret & 0x4);
		tally->retried += event->fault.retries != 0;
		tally->fault_ns += event->fault.duration;
		if (event->fault.class < MMAPDEMO_FAULT_CLASS_COUNT)
			tally->classes[event->fault.class]++;
		break;
	}
}

/* Is the call over whose parts the task has collected? Only mmap() says so. */
static bool complete(const struct task *task)
{
	const struct event *part = &task->parts[task->count - 1];

	if (part->kind == MMAPDEMO_EVENT_VMA_LINK)
		return part->link.cause == MMAPDEMO_CAUSE_BRK ||
		       part->link.cause == MMAPDEMO_CAUSE_INSERT;
	if (part->kind != MMAPDEMO_EVENT_VMA_MERGE)
		return false;
	switch (part->merge.cause) {
	case MMAPDEMO_CAUSE_CHANGE:
	case MMAPDEMO_CAUSE_MOVE:
		return true;
	case MMAPDEMO_CAUSE_BRK:
		return part->merge.outcome;
	default:
		return false;
	}
}

static int flush(struct story *story, struct task *task)
{
	int err = task->count ? tell_parts(story, task) : 0;

	task->count = 0;
	return err;
}

/* A search begins a call, so what came before belonged to another one. */
static int collect(struct story *story, const struct event *event,
		   struct task *task)
{
	int err = 0;

	if (event->kind == MMAPDEMO_EVENT_GET_UNMAPPED_AREA ||
	    task->count == TASK_PARTS_MAX)
		err = flush(story, task);
	task->parts[task->count++] = *event;
	return !err && complete(task) ? flush(story, task) : err;
}

static int tell(struct story *story, const struct event *event,
		struct task *task, struct space *space)
{
	int err;

	switch (event->kind) {
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
	case MMAPDEMO_EVENT_VMA_MERGE:
	case MMAPDEMO_EVENT_VMA_LINK:
		return collect(story, event, task);
	case MMAPDEMO_EVENT_DO_MMAP:
		err = tell_mmap(story, event, task, space);
		task->count = 0;
		return err;
	}
	err = flush(story, task);
	if (err)
		return err;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return tell_fault(story, event, task, space);
	case EVENT_FORK:
		return tell_fork(story, event, task);
	case EVENT_EXEC:
		return tell_exec(story, event, task);
	case EVENT_EXIT:
		return tell_exit(story, event, task);
	default:
		return 0;
	}
}

/* The first event sets the clock; a second task wants names. */
static void meet(struct story *story, const struct event *event)
{
	if (!story->begin) {
		story->begin = event_begin(event);
		story->first = event->tid;
	}
	if (event->tid != story->first || event->kind == EVENT_FORK)
		story->threads = true;
}

/* The device by its path: the program has the same name. */
static void name_device(const struct story *story, struct event *event)
{
	static const char name[] = MMAPDEMO_DEVICE;
	__u64 ino = story->device.ino;
	__u32 dev = story->device.dev;

	if (event->kind == MMAPDEMO_EVENT_DO_MMAP && event->mmap.ino == ino &&
	    event->mmap.dev == dev)
		strcpy(event->mmap.name, name);
	if (event->kind == MMAPDEMO_EVENT_VMA_LINK && event->link.ino == ino &&
	    event->link.dev == dev)
		strcpy(event->link.name, name);
}

static int tell_and_apply(struct story *story, const struct event *event)
{
	/* exec, exit: how it was before; the others: how it became */
	bool before = event->kind >= EVENT_FORK;
	struct space *space;
	struct task *task;
	int err;

	err = world_place(&story->world, event, &task, &space);
	if (!err && !before)
		err = world_apply(&story->world, event, task, space);
	if (err)
		return err;
	if (event->kind == EVENT_EXEC || !space || !space->hidden) {
		meet(story, event);
		count(&story->tally, event);
		err = tell(story, event, task, space);
	}
	if (!err && before)
		err = world_apply(&story->world, event, task, space);
	return err;
}

int story_tell(struct story *story, const struct event *event)
{
	struct event named = *event;

	/* Not told yet. */
	if (event->kind >= MMAPDEMO_EVENT_VMA_SPLIT && event->kind < EVENT_FORK)
		return 0;
	if (story->device.ino)
		name_device(story, &named);
	return tell_and_apply(story, &named);
}

int story_end(struct story *story)
{
	struct task *task;
	int err = 0;

	for (task = story->world.tasks; !err && task; task = task->next)
		err = flush(story, task);
	return err ? err : tell_summary(story);
}

void story_free(struct story *story)
{
	world_free(&story->world);
}
