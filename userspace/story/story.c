// SPDX-License-Identifier: GPL-2.0-only
#include "story/story.h"
#include "event/fault_parts.h"
#include "event/unhandled.h"
#include "story/parts.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

int story_begin(struct story *story, const char *title)
{
	return print_heading(story, title);
}

/* ---- printing ---- */

/* Without the module, print the VMAs of a call whose end is unknown. */
static int print_vmas(struct story *story, struct task *task)
{
	int err = 0;

	for (int i = 0; !err && i < task->call.count; i++)
		err = print_vma(story, &task->call.parts[i], task);
	return err;
}

/*
 * Print the collected parts of a call that is not known completely (see
 * print_parts()). TLB flushes are printed in separate lines, because the flushes
 * that the call caused are unknown.
 */
static int flush(struct story *story, struct task *task)
{
	int err = 0;

	if (task->call.count)
		err = print_flushes(story, task, task->call.parts[0].time);
	if (!err && task->call.count)
		err = story->world.stock ? print_vmas(story, task) :
					   print_parts(story, task);
	task->call.count = 0;
	return err;
}

static int collect(struct story *story, const struct event *event,
		   struct task *task)
{
	struct call *call = &task->call;
	bool within = call->entered && event->kind != EVENT_VMA;
	bool other = call_is_other(call, event);
	int err = 0;

	call->goes_on = !other && call_is_full(call);
	if (other || call->goes_on)
		err = flush(story, task);
	call->goes_on = false;
	if (!err && !call->count)
		err = print_flushes(story, task, within ?
				    call->enter.time : event->time);
	if (!err)
		err = call_add(call, event);
	/*
	 * Do not end the call here if its start was seen, because a separate
	 * event will show its end.
	 */
	return !err && !call->entered && call_is_whole(call) ?
	       flush(story, task) : err;
}

/* Print a call that has ended, together with its parts. */
static int print_call(struct story *story, const struct event *event,
		      struct task *task, struct space *space)
{
	int err = print_flushes(story, task, event_begin(event));

	if (err)
		return err;
	if (event->kind == MMAPDEMO_EVENT_DO_MMAP)
		err = print_mmap(story, event, task, space);
	else if (event->kind == MMAPDEMO_EVENT_BRK)
		err = print_brk(story, event, task, space);
	else if (event->kind == MMAPDEMO_EVENT_MREMAP)
		err = print_mremap(story, event, task, space);
	else if (event->kind >= EVENT_LEAVE)
		err = print_syscall(story, event, task, space);
	else
		err = print_copy(story, event, task);
	call_end(&task->call);
	return err;
}

/*
 * Print an event that is not part of a call, together with the TLB flushes that
 * the event caused.
 */
static int print_alone(struct story *story, const struct event *event,
		       struct task *task, struct space *space)
{
	int err = flush(story, task);

	if (!err)
		err = print_flushes(story, task, event_begin(event));
	if (err)
		return err;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		err = print_fault(story, event, task, space);
		task->call.flushed = 0;
		return err;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		err = print_exit_mmap(story, event, task, space);
		task->call.flushed = 0;
		return err;
	case EVENT_TOUCH:
	case EVENT_KERNEL_TOUCH:
		return print_page_fault(story, event, task, space);
	case EVENT_SIGNAL:
		return print_signal(story, event, task);
	case EVENT_FORK:
		return print_share(story, event, task);
	case EVENT_EXEC:
		return print_exec(story, event, task);
	case EVENT_EXIT:
		return print_exit(story, event, task);
	default:
		return 0;
	}
}

/*
 * If another processor requested a TLB flush, print the flush at once, because
 * the task did not cause the flush. Keep any other flush for the event that
 * caused the flush.
 */
static int take_flush(struct story *story, const struct event *event,
		      struct task *task)
{
	const __u32 reason = event->flush.reason;
	struct call *call = &task->call;
	int err = 0;

	if (reason == FLUSH_REMOTE || reason == FLUSH_WRONG_CPU)
		return print_foreign_flush(story, event, task);
	if (call->flushed == CALL_FLUSHES_MAX)
		err = print_flushes(story, task, event->time + 1);
	call->flushes[call->flushed].time = event->time;
	call->flushes[call->flushed++].flush = event->flush;
	/* Without the module, a fault was already printed when it began. */
	if (!err && story->world.stock && !call->entered)
		err = print_flushes(story, task, event->time + 1);
	return err;
}

static int print_event(struct story *story, const struct event *event,
		struct task *task, struct space *space)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
	case MMAPDEMO_EVENT_VMA_MERGE:
	case MMAPDEMO_EVENT_VMA_LINK:
	case MMAPDEMO_EVENT_VMA_SPLIT:
	case MMAPDEMO_EVENT_VMA_UNLINK:
	case MMAPDEMO_EVENT_PGD_ALLOC:
	case EVENT_VMA:
		return collect(story, event, task);
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		return event->lock.fault ? 0 : collect(story, event, task);
	case MMAPDEMO_EVENT_FAULT_TIME:
		return 0;	/* the pte_fault event that follows prints the time */
	case MMAPDEMO_EVENT_DO_MMAP:
	case MMAPDEMO_EVENT_BRK:
	case MMAPDEMO_EVENT_MREMAP:
	case MMAPDEMO_EVENT_DUP_MM:
		return print_call(story, event, task, space);
	case EVENT_LEAVE ... EVENT_KINDS - 1:
		return print_call(story, event, task, space);
	case EVENT_FLUSH:
		return take_flush(story, event, task);
	case EVENT_FORK:
		/*
		 * With the module, print nothing here: the dup_mm event that
		 * follows is printed.
		 */
		if (!(event->fork.clone_flags & CLONE_VM) &&
		    !story->world.stock)
			return 0;
	}
	return print_alone(story, event, task, space);
}

/*
 * At the first event, set the time to which printed times are relative. Show
 * the task in each line if there are several tasks.
 */
static void meet(struct story *story, const struct event *event)
{
	if (!story->begin) {
		story->begin = event_begin(event);
		story->first = event->tid;
	}
	if (event->tid != story->first || event->kind == EVENT_FORK)
		story->threads = true;
}

/* Show the device by its path, because the program has the same name as the device. */
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

/* Note the start of a system call. */
static int begin_call(struct story *story, const struct event *event,
		      const struct scene *scene, const struct space *known)
{
	const struct mapping *mapping = maps_find(&known->maps,
						  event->call.args[0]);
	struct task *task = scene->task;
	int err = flush(story, task);

	if (!scene->hidden)
		meet(story, event);
	call_enter(&task->call, event);
	task->owned = mapping;
	strcpy(task->owner, mapping ? mapping->name : "");
	return err;
}

/*
 * With the module: print the faults of which @event shows that they did not reach
 * handle_mm_fault().
 */
static int print_unhandled(struct story *story, const struct event *event,
			   const struct scene *scene, const struct space *known)
{
	struct event faults[2];
	size_t count;
	int err = 0;

	if (story->world.stock)
		return 0;
	count = unhandled_faults(scene->task, event, faults);
	for (size_t i = 0; !err && !scene->hidden && i < count; i++) {
		meet(story, &faults[i]);
		err = flush(story, scene->task);
		totals_unhandled(&story->totals, &faults[i]);
		if (!err)
			err = print_page_fault(story, &faults[i], scene->task, known);
	}
	return err;
}

/* Return true if the fault waited for a disk, and is not a major fault. */
static bool waited(const struct story *story, const struct event *event)
{
	return fault_waited_for_disk(&event->fault,
				     world_fault_time(&story->world, event),
				     story->timed, story->device.dev,
				     story->device.ino);
}

/*
 * Print an event. @known is what is known about the address space of the event.
 * A sys_exit event is printed only if the start of the system call is known.
 * With the module, a fault is printed when its pte_fault or fault_signal event arrives.
 */
static int print_in(struct story *story, struct event *event,
		    const struct scene *scene, struct space *known)
{
	const bool fault = event->kind == EVENT_TOUCH ||
			   event->kind == EVENT_KERNEL_TOUCH ||
			   event->kind == MMAPDEMO_EVENT_FAULT_SIGNAL;
	int err = print_unhandled(story, event, scene, known);

	if (err)
		return err;
	if (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE)
		return begin_call(story, event, scene, known);
	if (event->kind >= EVENT_LEAVE && event->kind < EVENT_KINDS &&
	    !call_leave(&scene->task->call, event, &known->brk))
		return 0;
	if (scene->hidden || (fault && !story->world.stock))
		return 0;
	meet(story, event);
	totals_event(&story->totals, event);
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		story->totals.awaited += waited(story, event);
	return print_event(story, event, scene->task, known);
}

/*
 * Print and apply an event. If the address space is unknown, use the mappings
 * that the task inherits.
 */
static int print_and_apply(struct story *story, struct event *event)
{
	struct space unseen = { .files = &story->world.files };
	struct scene scene;
	int err = world_event(&story->world, event, &scene);

	if (err)
		return err;
	if (!scene.space)
		maps_copy(&unseen.maps, &scene.task->legacy);
	err = print_in(story, event, &scene, scene.space ?: &unseen) ?:
	      world_end(&story->world, event, &scene);
	maps_free(&unseen.maps);
	return err;
}

/*
 * Print the event into memory, because calls that began earlier must be written
 * first.
 */
static int print_later(struct story *story, struct event *event)
{
	FILE *out = story->out;
	size_t bytes = 0;
	char *text = NULL;
	int err;

	story->out = open_memstream(&text, &bytes);
	if (!story->out) {
		story->out = out;
		return -ENOMEM;
	}
	err = print_and_apply(story, event);
	if (fclose(story->out) && !err)
		err = -ENOMEM;
	story->out = out;
	if (!err && bytes)
		return reorder_add(&story->reorder, event_begin(event), text,
				   bytes);
	free(text);
	return err;
}

int story_event(struct story *story, const struct event *event)
{
	struct event named = *event;
	const struct task *task;
	int err;

	if (story->device.ino)
		name_device(story, &named);
	err = reorder_waits(&story->reorder, &story->world) ?
	      print_later(story, &named) : print_and_apply(story, &named);
	task = world_task(&story->world, event->tid);
	if (!err && event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE &&
	    task && task->call.entered)
		err = reorder_enter(&story->reorder, task);
	return err ? err : reorder_write(&story->reorder, &story->world,
					 /* all = */ false, story->out);
}

int story_rest(struct story *story)
{
	struct task *task;
	int err = reorder_write(&story->reorder, &story->world,
				/* all = */ true, story->out);

	for (task = story->world.tasks; !err && task; task = task->next) {
		err = flush(story, task);
		if (!err)
			err = print_flushes(story, task, ~0ULL);
		if (!err && task->ending)
			err = print_ended(story, task);
	}
	return err;
}

int story_end(struct story *story)
{
	int err = story_rest(story);

	return err ? err : print_summary(story);
}

void story_free(struct story *story)
{
	reorder_free(&story->reorder);
	world_free(&story->world);
}
